import { describe, expect, it } from 'vitest';
import { failureOf, parseText } from '../../support/samples.ts';

/** A statement of one entry that starts at 100.00 and ends where `closing` says. */
function statement(
  entry: string,
  closing = 'C260105ZAR110,00',
  opening = 'C260102ZAR100,00',
): string {
  return `:20:X\n:25:42\n:28C:1/1\n:60F:${opening}\n${entry}\n:62F:${closing}\n`;
}

async function onlyLine(text: string) {
  const file = await parseText(text);
  const [first] = file.statements;
  expect(file.statements).toHaveLength(1);
  expect(first?.lines).toHaveLength(1);
  const line = first?.lines[0];
  if (line === undefined) throw new Error('There is no line.');
  return { line, proof: first?.proof, warnings: file.warnings.map(({ code }) => code) };
}

describe('field 61', () => {
  it.each([
    [':61:2601050105C10,NTRFREF', 'credit', 'C260105ZAR110,00'],
    [':61:2601050105CR10,NTRFREF', 'credit', 'C260105ZAR110,00'],
    [':61:2601050105CD10,NTRFREF', 'credit', 'C260105ZAR110,00'],
    [':61:260105C10,00NTRFREF', 'credit', 'C260105ZAR110,00'],
    [':61:260105    C10.0NTRFREF', 'credit', 'C260105ZAR110,00'],
    [':61:2601050105 C10,00 NTRFREF', 'credit', 'C260105ZAR110,00'],
    [':61:2601050105D10,00FCHGREF', 'debit', 'C260105ZAR90,00'],
    [':61:2601050105DN10,00S010REF', 'debit', 'C260105ZAR90,00'],
    [':61:2601050105DD10,NTRFREF', 'debit', 'C260105ZAR90,00'],
    [':61:2601050105RC10,NTRFREF', 'debit', 'C260105ZAR90,00'],
    [':61:2601050105RD10,NTRFREF', 'credit', 'C260105ZAR110,00'],
    [':61:2601050105RDR10,NTRFREF', 'credit', 'C260105ZAR110,00'],
    [':61:2601050105RCR10,NTRFREF', 'debit', 'C260105ZAR90,00'],
  ])('reads %s as a %s, which the closing balance proves', async (entry, direction, closing) => {
    const { line, proof } = await onlyLine(statement(entry, closing));
    expect([line.direction, line.amountMinor, line.bookingDate, proof]).toEqual([
      direction,
      1_000n,
      '2026-01-05',
      'ok',
    ]);
    expect(line.references).toContain('REF');
    expect(line.reversal).toBe(/0105R/.test(entry));
  });

  it('reads expected entries as pending, outside the balances', async () => {
    const { line, proof } = await onlyLine(
      statement(':61:2601050105EC10,00NTRFREF', 'C260105ZAR100,00'),
    );
    expect([line.status, line.direction, proof]).toEqual(['pending', 'credit', 'ok']);
  });

  it.each([
    ['251231', '0102', '2026-01-02'],
    ['260102', '1231', '2025-12-31'],
    ['240228', '0229', '2024-02-29'],
    ['260630', '0701', '2026-07-01'],
  ])('dates an entry of value date %s and entry date %s on %s', async (value, booked, day) => {
    const { line } = await onlyLine(statement(`:61:${value}${booked}C10,00NTRFREF`));
    expect(line.bookingDate).toBe(day);
  });

  it('keeps the customer reference, the bank reference and the text below it', async () => {
    const { line } = await onlyLine(
      statement(':61:2601050105C10,00NTRFCUS12345671//B-77\nPAYSHAP CREDIT'),
    );
    expect(line.bankId).toBe('B-77');
    expect(line.references).toEqual(['CUS12345671', 'PAYSHAP CREDIT']);
  });

  it('moves the 30th of February to its last day, with a warning', async () => {
    const { line, warnings } = await onlyLine(statement(':61:260230C10,00NTRFREF'));
    expect([line.bookingDate, warnings]).toEqual(['2026-02-28', ['date_moved']]);
  });

  it.each([
    ['no decimal mark and no balance that proves it', ':61:2601050105C1000NTRFREF'],
    ['two decimal marks', ':61:2601050105C1,0,0NTRFREF'],
    ['a sign beside its mark', ':61:2601050105D-10,00NTRFREF'],
    ['three decimals', ':61:2601050105C10,001NTRFREF'],
    ['a control character in the amount', ':61:2601050105C1\u00000,00NTRFREF'],
    ['an unknown mark', ':61:2601050105X10,00NTRFREF'],
    ['a day that is none', ':61:261305C10,00NTRFREF'],
  ])('refuses an entry with %s, naming line and field', async (_, entry) => {
    const error = await failureOf(parseText(statement(entry)));
    expect(error.code).toBe('statement.unreadable');
    expect(error.details['where']).toBe('line 5, field 61');
  });
});

describe('field 86', () => {
  it.each([
    [
      '?-fields',
      ':86:166?00GUTSCHRIFT?20CUS12345671?21 TOP UP?32ANNA?33 SMITH',
      'CUS12345671 TOP UP',
      'ANNA SMITH',
    ],
    ['>-fields', ':86:>20CUS12345671>32ANNA', 'CUS12345671', 'ANNA'],
    ['codes between slashes', ':86:/TRTP/EFT/NAME/ANNA/REMI/CUS12345671', 'CUS12345671', 'ANNA'],
    ['SEPA keywords', ':86:EREF+NOTPROVIDED SVWZ+CUS12345671 ABWA+ANNA', 'CUS12345671', 'ANNA'],
    ['free text', ':86:PAYSHAP CREDIT CUS12345671', 'PAYSHAP CREDIT CUS12345671', null],
    [
      'a line that looks like a field',
      ':86:PAID AT\n:20:44:45 CUS12345671',
      'PAID AT :20:44:45 CUS12345671',
      null,
    ],
    ['a dash that is not alone', ':86:RENT\n-5 OFF', 'RENT -5 OFF', null],
    ['@@ as line ends', ':86:ONE@@TWO', 'ONE TWO', null],
  ])('comes from %s', async (_, information, reference, name) => {
    const { line } = await onlyLine(statement(`:61:2601050105C10,00NTRFNONREF\n${information}`));
    expect([line.references[0], line.counterparty.name]).toEqual([reference, name]);
  });

  it('describes the statement after the closing balance, not the last entry', async () => {
    const { line } = await onlyLine(
      `${statement(':61:2601050105C10,00NTRFREF')}:64:C260105ZAR110,00\n:86:SUMMARY\n-\n`,
    );
    expect(line.text).toBe('');
  });
});

describe('a statement in MT940', () => {
  const entry = ':61:2601050105C10,00NTRFREF';

  it('fails its proof with the difference if its balances do not meet', async () => {
    const file = await parseText(statement(entry, 'C260105ZAR112,50'));
    expect(file.statements[0]).toMatchObject({ proof: 'failed', differenceMinor: -250n });
  });

  it('gives no proof if a balance consists of nines', async () => {
    const file = await parseText(statement(entry, 'C260105ZAR999999999999,99'));
    expect(file.statements[0]).toMatchObject({ proof: 'absent', closingMinor: null });
    expect(file.warnings.map(({ code }) => code)).toEqual(['balance_placeholder']);
  });

  it.each([
    ['has two currencies', statement(entry, 'C260105EUR110,00'), 'statement.unreadable'],
    ['has no closing balance', statement(entry).replace(/:62F:.*/, ''), 'statement.incomplete'],
    [
      'ends with an interim balance',
      statement(entry).replace('62F', '62M'),
      'statement.incomplete',
    ],
    ['is in a block without an end', `{1:F01X}{4:\n${statement(entry)}`, 'statement.incomplete'],
    ['comes twice in a file', statement(entry).repeat(2), 'statement.unreadable'],
    ['has an entry after its balance', `${statement(entry)}${entry}\n`, 'statement.unreadable'],
    ['names no account', statement(entry).replace(':25:42\n', ''), 'statement.unreadable'],
  ])('fails if it %s', async (_, text, code) => {
    expect((await failureOf(parseText(text))).code).toBe(code);
  });

  it('reads a statement that ends with an interim balance if a person accepts that, without its last day', async () => {
    const text = statement(entry).replace('62F', '62M');
    expect((await failureOf(parseText(text))).message).toContain('--accept-open-end');
    const file = await parseText(text, { acceptsOpenEnd: true });
    expect(file.statements[0]).toMatchObject({ proof: 'ok', closingMinor: 11_000n });
    expect(file.statements[0]?.completeDays).toEqual({ from: '2026-01-03', to: '2026-01-04' });
    expect(file.warnings.map(({ code }) => code)).toEqual(['end_open']);
    const cut = statement(entry).replace(/:62F:.*/, '');
    expect((await failureOf(parseText(cut, { acceptsOpenEnd: true }))).code).toBe(
      'statement.incomplete',
    );
  });

  it('fails its proof if the balance of a page does not meet the next', async () => {
    const first = statement(entry).replace('62F', '62M');
    const second = statement(entry, 'C260105ZAR120,00', 'C260105ZAR111,00').replace('60F', '60M');
    const file = await parseText(first + second);
    expect(file.statements).toHaveLength(1);
    expect(file.statements[0]?.proof).toBe('failed');
  });
});

describe('a report in MT942', () => {
  const report = (totals: string) =>
    `:20:X\n:25:42\n:28C:1\n:34F:ZARC0,00\n:13D:2601051200+0200\n:61:260105C10,00NTRFREF\n${totals}`;

  it.each([
    [':90D:0ZAR0,00\n:90C:1ZAR10,00\n', 'absent'],
    [':90D:0ZAR0,00\n:90C:2ZAR10,00\n', 'failed'],
    [':90D:0ZAR0,00\n:90C:1ZAR11,00\n', 'failed'],
    ['-\n', 'absent'],
  ])('gets, with %j, the proof %s and covers no complete day', async (totals, proof) => {
    const file = await parseText(report(totals));
    expect([file.format, file.statements[0]?.proof, file.statements[0]?.completeDays]).toEqual([
      'mt942',
      proof,
      null,
    ]);
  });

  it('fails without totals and end mark', async () => {
    expect((await failureOf(parseText(report('')))).code).toBe('statement.incomplete');
    expect((await failureOf(parseText(report(':90D:0ZAR0,00\n')))).code).toBe(
      'statement.incomplete',
    );
  });
});

describe('field 86 with one subfield', () => {
  it('gives its reference from ?00 where nothing else holds the payer’s text', async () => {
    const file = await parseText(
      ':20:X\n:25:42\n:28C:1/1\n:60F:C260102ZAR100,00\n:61:2601050105C10,00NTRFREF\n:86:166?00CUS12345671 TOP UP\n:62F:C260105ZAR110,00\n',
    );
    expect(file.statements[0]?.lines[0]?.references).toContain('CUS12345671 TOP UP');
  });
});
