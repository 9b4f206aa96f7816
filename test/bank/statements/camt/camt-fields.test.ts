import { describe, expect, it } from 'vitest';
import { readReferences } from '../../../../domain/reference/reference.ts';
import { entryToCapture } from '../../../../bank/statements/capture-entries.ts';
import { detailOf, entryOf, lineOf } from '../../support/camt-entry.ts';
import { failureOf, parseText } from '../../support/samples.ts';

const CODE = 'CUS12345671';

describe('the camt reader, on references,', () => {
  it.each([
    [
      'the creditor reference',
      '<RmtInf><Strd><CdtrRefInf><Ref>@</Ref></CdtrRefInf></Strd></RmtInf>',
    ],
    ['the free text', '<RmtInf><Ustrd>for</Ustrd><Ustrd>@</Ustrd></RmtInf>'],
    ['the end-to-end id', '<Refs><EndToEndId>@</EndToEndId></Refs>'],
    ['the text of the transaction', '<AddtlTxInf>paid @</AddtlTxInf>'],
    [
      "the payer's message beside a reference",
      '<RmtInf><Strd><AddtlRmtInf>for</AddtlRmtInf><AddtlRmtInf>@</AddtlRmtInf></Strd></RmtInf>',
    ],
    [
      'the number of the second invoice',
      '<RmtInf><Strd><RfrdDocInf><Nb>1</Nb></RfrdDocInf><RfrdDocInf><Nb>@</Nb></RfrdDocInf></Strd></RmtInf>',
    ],
    [
      'a line of an invoice',
      '<RmtInf><Strd><RfrdDocInf><LineDtls><Id><Nb>@</Nb></Id></LineDtls></RfrdDocInf></Strd></RmtInf>',
    ],
    [
      'the second structured one',
      '<RmtInf><Strd/><Strd><RfrdDocInf><Nb>@</Nb></RfrdDocInf></Strd></RmtInf>',
    ],
    ['remittance sent apart', '<RltdRmtInf><RmtId>@</RmtId></RltdRmtInf>'],
    ['the instruction', '<Refs><InstrId>@</InstrId></Refs>'],
    ['the transaction', '<Refs><TxId>@</TxId></Refs>'],
    ['the payment order', '<Refs><PmtInfId>@</PmtInfId></Refs>'],
    ['the message', '<Refs><MsgId>@</MsgId></Refs>'],
    ['the purpose', '<Purp><Prtry>@</Prtry></Purp>'],
  ])('finds a reference wherever a payer could have written it: %s', async (_name, field) => {
    const line = await lineOf(entryOf(`<TxDtls>${field.replace('@', CODE)}</TxDtls>`));

    expect(readReferences(line.references)).toMatchObject({ kind: 'exact', code: CODE });
    expect(line.details[0]?.references).toEqual(line.references);
  });

  it('keeps references in their order of trust, weak ones last, so that the first one is stable', async () => {
    const details = `<TxDtls><Refs><MsgId>MSG</MsgId><InstrId>INSTR</InstrId><EndToEndId>E2E</EndToEndId><TxId>NOTPROVIDED</TxId></Refs>
<Purp><Prtry>RENT</Prtry></Purp><RmtInf><Ustrd>free</Ustrd><Strd><RfrdDocInf><Nb>INV</Nb></RfrdDocInf><CdtrRefInf><Ref>REF</Ref></CdtrRefInf>
<AddtlRmtInf>message</AddtlRmtInf></Strd></RmtInf><AddtlTxInf>own</AddtlTxInf></TxDtls>`;

    const line = await lineOf(entryOf(details, '<AddtlNtryInf>entry</AddtlNtryInf>'));

    expect(line.references).toEqual([
      'REF',
      'free',
      'E2E',
      'own',
      'entry',
      'message',
      'INV',
      'MSG',
      'INSTR',
      'RENT',
    ]);
    expect(line.text).toBe('own');
  });

  it('turns references into the text where the payer wrote only next to a structured reference', async () => {
    const detail = await detailOf(
      '<TxDtls><RmtInf><Strd><AddtlRmtInf>for November</AddtlRmtInf></Strd></RmtInf></TxDtls>',
    );
    expect(detail.text).toBe('for November');
  });

  it("leaves references with their part of a batch, whose own text is the bank's", async () => {
    const part = (text: string) =>
      `<TxDtls><Amt Ccy="ZAR">125</Amt><AddtlTxInf>${text}</AddtlTxInf></TxDtls>`;

    const line = await lineOf(
      entryOf(`${part('one')}${part('two')}`, '<AddtlNtryInf>both</AddtlNtryInf>'),
    );

    expect(line).toMatchObject({ references: ['both'], text: 'both' });
    expect(line.details.map(({ text }) => text)).toEqual(['one', 'two']);
  });
});

describe('the camt reader, on amounts and parties,', () => {
  it("takes a part's amount in the account's currency, whichever field has it", async () => {
    const part =
      '<TxDtls><Amt Ccy="USD">7</Amt><AmtDtls><TxAmt><Amt Ccy="ZAR">125</Amt></TxAmt></AmtDtls></TxDtls>';

    const line = await lineOf(entryOf(`${part}${part}`));

    expect(line.details.map(({ amountMinor }) => amountMinor)).toEqual([12_500n, 12_500n]);
    expect(entryToCapture(line, new Set()).sightings).toHaveLength(2);
  });

  it('leaves the amount of a part unknown if stated only in a foreign currency', async () => {
    const part = '<TxDtls><AmtDtls><TxAmt><Amt Ccy="USD">7</Amt></TxAmt></AmtDtls></TxDtls>';

    const line = await lineOf(entryOf(`${part}${part}`));

    expect(line.details.map(({ amountMinor }) => amountMinor)).toEqual([null, null]);
    expect(entryToCapture(line, new Set()).hold).toBe('unsplit_batch');
  });

  it.each([
    ['<Amt Ccy="ZAR">1.005</Amt>', 'statement 1, entry 1, part 1, Amt'],
    ['<Amt>125</Amt>', 'statement 1, entry 1, part 1, Amt, Ccy'],
    ['<Amt Ccy="USD">x</Amt>', 'statement 1, entry 1, part 1, Amt'],
  ])('refuses an unreadable amount of a part: %s', async (amount, where) => {
    const error = await failureOf(parseText(entryOf(`<TxDtls>${amount}</TxDtls>`)));
    expect(error.details).toEqual({ where });
  });

  it.each([
    ['JPY', '250', 250n],
    ['JPY', '250.00', 250n],
    ['ZAR', '250.5', 25_050n],
    ['ZAR', '250.50000', 25_050n],
    ['KWD', '250.505', 250_505n],
    ['CLF', '250.5055', 2_505_055n],
  ])('reads amounts with the decimals of their currency: %s %s', async (currency, text, minor) => {
    const file = entryOf('<TxDtls/>').replaceAll('ZAR', currency).replace('>250.00<', `>${text}<`);
    expect(await lineOf(file)).toMatchObject({ amountMinor: minor, currency });
  });

  it('reads an amount in pieces, around comments and as CDATA, as one', async () => {
    const file = entryOf('<TxDtls/>').replace(
      '>250.00<',
      '> 25<!-- x -->0<?x y?><![CDATA[.00]]>\n<',
    );
    expect((await lineOf(file)).amountMinor).toBe(25_000n);
  });

  it.each([
    ['<Dbtr><Nm>A</Nm></Dbtr>', 'A', null],
    ['<Dbtr><Pty><Nm>A</Nm></Pty></Dbtr>', 'A', null],
    ['<Dbtr><Agt><FinInstnId><Nm>A Bank</Nm></FinInstnId></Agt></Dbtr>', 'A Bank', null],
    ['<Dbtr/><UltmtDbtr><Pty><Nm>U</Nm></Pty></UltmtDbtr>', 'U', null],
    ['<Dbtr><Nm>A</Nm></Dbtr><UltmtDbtr><Nm>U</Nm></UltmtDbtr>', 'A', null],
    ['<DbtrAcct><Id><IBAN>NL1</IBAN></Id></DbtrAcct>', null, 'NL1'],
    ['<DbtrAcct><Id><Othr><Id>62</Id></Othr></Id></DbtrAcct>', null, '62'],
    ['<DbtrAcct><Prxy><Id>+27820000000</Id></Prxy></DbtrAcct>', null, '+27820000000'],
    ['<Cdtr><Nm>Us</Nm></Cdtr>', null, null],
  ])('finds the payer in %s', async (parties, name, account) => {
    const detail = await detailOf(`<TxDtls><RltdPties>${parties}</RltdPties></TxDtls>`);
    expect(detail.counterparty).toEqual({ name, account });
  });
});
