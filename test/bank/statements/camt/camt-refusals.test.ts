import { describe, expect, it } from 'vitest';
import { failureOf, parseText, readSample } from '../../support/samples.ts';

describe('the camt reader, on incomplete files,', () => {
  it.each([
    ['<LastPgInd>true<', '<LastPgInd>false<'],
    ['<PgNb>1<', '<PgNb>2<'],
    ['<Id>S1</Id>', '<Id>S1</Id><StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>'],
  ])('refuses one page of several (%s)', async (from, to) => {
    const text = (await readSample('single.xml')).replace(from, to);
    expect((await failureOf(parseText(text))).code).toBe('statement.incomplete');
  });

  it('refuses a repeated statement', async () => {
    const text = await readSample('single.xml');
    const statement = /<Stmt>[^]*<\/Stmt>/.exec(text)?.[0] ?? '';

    const error = await failureOf(parseText(text.replace('</BkToCstmrStmt>', `${statement}$&`)));

    expect(error.code).toBe('statement.unreadable');
    expect(error.details).toEqual({ where: 'statement 2' });
  });
});

describe('the camt reader, on unreadable values,', () => {
  const AMOUNT = '<Amt Ccy="ZAR">250.00</Amt><CdtDbtInd>CRDT';
  it.each([
    ['no number', '>250.00<', '>twenty<', 'statement 1, entry 1, Amt'],
    ['an exponent', '>250.00<', '>2.5e2<', 'statement 1, entry 1, Amt'],
    ['a sign', '>250.00<', '>-250.00<', 'statement 1, entry 1, Amt'],
    ['too many decimals', '>250.00<', '>250.005<', 'statement 1, entry 1, Amt'],
    ['a thousands mark', '>250.00<', '>1,250.00<', 'statement 1, entry 1, Amt'],
    ['other digits', '>250.00<', '>٢٥٠<', 'statement 1, entry 1, Amt'],
    ['more than we hold', '>250.00<', '>1000000000000000000<', 'statement 1, entry 1, Amt'],
    ['no amount', AMOUNT, '<CdtDbtInd>CRDT', 'statement 1, entry 1, Amt'],
    ['an amount twice', AMOUNT, `<Amt Ccy="ZAR">1</Amt>${AMOUNT}`, 'statement 1, entry 1, Amt'],
    ['no currency', AMOUNT, '<Amt>250.00</Amt><CdtDbtInd>CRDT', 'statement 1, entry 1, Amt, Ccy'],
    [
      'no direction',
      AMOUNT,
      '<Amt Ccy="ZAR">250.00</Amt><CdtDbtInd>UP',
      'statement 1, entry 1, CdtDbtInd',
    ],
    ['no status', '<Sts>BOOK</Sts>', '', 'statement 1, entry 1, Sts'],
    [
      'no real day',
      '<BookgDt><Dt>2026-11-20<',
      '<BookgDt><Dt>2026-02-30<',
      'statement 1, entry 1, BookgDt',
    ],
    [
      'a reversal that is neither',
      '<Sts>',
      '<RvslInd>yes</RvslInd><Sts>',
      'statement 1, entry 1, RvslInd',
    ],
    ['no count', '<NbOfNtries>1<', '<NbOfNtries>one<', 'statement 1, TtlNtries, NbOfNtries'],
    ['a foreign balance', '<Amt Ccy="ZAR">1000.00<', '<Amt Ccy="EUR">1000.00<', 'statement 1, Bal'],
    [
      'no account',
      '<Acct><Id><Othr><Id>62000000001</Id></Othr></Id>',
      '<Acct>',
      'statement 1, Acct',
    ],
  ])('refuses %s, and names the place but not the value', async (_name, from, to, where) => {
    const text = await readSample('single.xml');
    expect(text).toContain(from);

    const error = await failureOf(parseText(text.replace(from, to)));

    expect(error.code).toBe('statement.unreadable');
    expect(error.details).toEqual({ where });
    expect(error.message).not.toMatch(/twenty|2\.5e2|250|٢٥٠|2026-02-30|62000000001/);
  });
});
