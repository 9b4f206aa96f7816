import { describe, expect, it } from 'vitest';
import { failureOf, parseText } from '../../support/samples.ts';

const count = (text: string) => text.split('\n').filter((line) => /^[0-9]{2},/.test(line)).length;

/**
 * A file of one account, whose trailers state what `total` says; it counts its records itself, or is told their number.
 */
function file(
  records: string,
  total: string,
  counted = count(records),
  head = '03,42,,010,1000,,,015,1000,,/',
) {
  const account = counted + 2;
  return [
    '01,BANK,US,260106,0600,1,,,2/',
    '02,US,BANK,1,260105,,ZAR,2/',
    head,
    records,
    `49,${total},${account}/`,
    `98,${total},1,${account + 2}/`,
    `99,${total},1,${account + 4}/`,
    '',
  ].join('\n');
}

async function only(text: string) {
  const parsed = await parseText(text);
  const [statement] = parsed.statements;
  expect(parsed.statements).toHaveLength(1);
  if (statement === undefined) throw new Error('There is no statement.');
  return { statement, line: statement.lines[0], warnings: parsed.warnings.map(({ code }) => code) };
}

describe('the BAI2 reader, on a record 16,', () => {
  it.each([
    ['920', 'credit'],
    ['959', 'credit'],
    ['960', 'debit'],
    ['999', 'debit'],
    ['108', 'credit'],
    ['699', 'debit'],
  ])('reads the bank-defined type %s as a %s', async (type, direction) => {
    const { line } = await only(file(`16,${type},500,,R1,,TEXT`, '2500'));
    expect([line?.direction, line?.amountMinor]).toEqual([direction, 500n]);
  });

  it.each([
    ['100', 'a total'],
    ['400', 'a total'],
    ['015', 'a balance'],
    ['750', 'a loan'],
    ['910', 'a status'],
  ])('refuses type %s (%s)', async (type) => {
    const error = await failureOf(parseText(file(`16,${type},500,,R1,,TEXT`, '2500')));
    expect([error.code, error.details['where']]).toEqual(['statement.unreadable', 'line 4, type']);
  });

  it.each([
    ['the bank', '16,195,500,S,500,0,0/\n88,B1,CUS12345671/\n88,TOP UP', null],
    ['the value date', '16,195,500,V/\n88,260107,,B1,CUS12345671/\n88,TOP UP', '2026-01-07'],
    ['the amounts', '16,195,500,D,1/\n88,0,500,B1,CUS12345671/\n88,TOP UP', null],
  ])('continues with %s in the record 88 below it', async (_, records, valueDate) => {
    const { line } = await only(file(records, '2500'));
    expect([line?.bankId, line?.references[0], line?.valueDate]).toEqual([
      'B1',
      'CUS12345671',
      valueDate,
    ]);
    expect(line?.text).toContain('TOP UP');
  });

  it('accepts all fields, and then the text in the record 88 below it', async () => {
    const { line } = await only(file('16,699,500,,,/\n88,B1,CUS12345671', '2500'));
    expect([line?.bankId, line?.references, line?.text]).toEqual([
      null,
      ['B1,CUS12345671'],
      'B1,CUS12345671',
    ]);
  });

  it('accepts slashes, commas and numbers of records in the text', async () => {
    const text = 'PAID 22/03,66 AND 12/16, TOP UP 08/88,1 03/49,A';
    const { line } = await only(file(`16,195,500,,R1,CUS12345671,${text}/`, '2500'));
    expect(line?.text).toBe(text);
  });

  it('accepts line breaks in the text', async () => {
    const { line } = await only(file('16,195,500,,R1,,CUS123\n45671 TOP UP   /', '2500'));
    expect(line?.references).toEqual(['CUS123 45671 TOP UP', 'CUS12345671 TOP UP']);
  });

  it.each([
    ['after its slash', '16,195,500,,R1,,TEXT/\nMORE TEXT'],
    ['with the number of an unknown record', '16,195,500,,R1,,TEXT\n17,MORE TEXT'],
  ])('refuses a line of text %s', async (_, records) => {
    const error = await failureOf(parseText(file(records, '2500', 1)));
    expect(error.details['where']).toBe('line 5');
  });

  it('removes control characters, with a warning', async () => {
    const { line, warnings } = await only(
      file('16,195,500,,R\u00001,CUS1234\u00005671,A\u0001B', '2500'),
    );
    expect([line?.bankId, line?.references, line?.text]).toEqual([
      'R1',
      ['CUS12345671', 'AB'],
      'AB',
    ]);
    expect(warnings).toEqual(['control_characters']);
  });

  it.each([
    ['a control character in its amount', '16,195,5\u000000,,R1,,TEXT'],
    ['an amount larger than any', '16,195,99999999999999,,R1,,TEXT'],
  ])('refuses %s', async (_, records) => {
    const error = await failureOf(parseText(file(records, '2500')));
    expect(error.details['where']).toBe('line 4, amount');
  });
});

describe('the BAI2 reader, on totals,', () => {
  it('accepts leading zeros', async () => {
    const text = file('16,195,500,,R1,,TEXT', '2500').replaceAll(',2500,', ',+00000000000002500,');
    expect((await only(text)).line?.amountMinor).toBe(500n);
  });

  it('accepts an absent total only if it is zero', async () => {
    const blank = (text: string) => text.replaceAll(/^(49|98|99),[0-9]+,/gm, '$1,,');
    const none = await only(blank(file('88,', '0', 1, '03,42,,010,0,,/')));
    expect(none.statement.lines).toEqual([]);
    expect((await failureOf(parseText(blank(file('16,195,5,,,,T', '2005'))))).code).toBe(
      'statement.unreadable',
    );
  });

  it('accepts an account that states totals of more than it lists', async () => {
    const text = file('16,195,700,,R1,,A', '4600', 1, '03,42,,010,1000,,,015,1700,,,100,1200,2,/');
    expect((await only(text)).statement.proof).toBe('ok');
  });

  it('reads totals without the funds type of a summary', async () => {
    const text = file('88,045,900,,', '2900', 1, '03,42,,010,1000,,,015,1000,/');
    expect((await only(text)).statement).toMatchObject({
      openingMinor: 1_000n,
      closingMinor: 1_000n,
    });
  });
});

describe('the BAI2 reader', () => {
  it('accepts records on one line, with or without blanks between them', async () => {
    const text = file('16,195,500,,R1,,INV 7/88,1\n88,MORE', '2500');
    const lines = text
      .replace(/INV 7\/88,1/, 'INV 7')
      .split('\n')
      .filter((line) => line !== '');
    for (const between of ['', '   ']) {
      const packed = lines.map((line) => (line.endsWith('/') ? line : `${line}/`)).join(between);
      expect((await only(packed)).line?.text).toBe('INV 7 MORE');
    }
  });

  it('accepts padding with blanks, blank lines and an end-of-file mark', async () => {
    const text = file('16,195,500,,R1,,TEXT', '2500').replaceAll('\n', '    \r\n');
    expect((await only(`${text}\r\n   \r\n\u001a`)).line?.text).toBe('TEXT');
  });

  it('refuses a control character in an account number', async () => {
    const text = file('88,', '1', 1, '03,4\u00002,,010,1,,/');
    expect((await failureOf(parseText(text))).code).toBe('statement.unreadable');
  });

  it.each([
    ['a record 16', '16,195,500,,R1,,TEXT\n'],
    ['an account', ''],
  ])('refuses %s that continues without end', async (_, before) => {
    const text = file(before + '88,A\n'.repeat(10_001), '2500');
    expect((await failureOf(parseText(text))).code).toBe('statement.unreadable');
  });
});
