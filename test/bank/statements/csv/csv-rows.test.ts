import { describe, expect, it } from 'vitest';
import { failureOf, parseText } from '../../support/samples.ts';

const CAPITEC =
  'Nr,Account,Posting Date,Transaction Date,Description,Original Description,Parent Category,Category,Money In,Money Out,Fee,Balance';
const INVESTEC = 'Transaction Date,Posting Date,Description,Debits,Credits,Balance';
const ABSA = 'Date,Description,Amount,Balance';

async function statementOf(...lines: readonly string[]) {
  const file = await parseText(`${lines.join('\n')}\n`);
  const [statement] = file.statements;
  if (statement === undefined) throw new Error('There is no statement.');
  return { ...statement, warnings: file.warnings.map(({ code }) => code) };
}

async function faultOf(...lines: readonly string[]) {
  const error = await failureOf(parseText(`${lines.join('\n')}\n`));
  return [error.code, error.details['where']];
}

const movements = (lines: readonly { direction: string; amountMinor: bigint }[]) =>
  lines.map(({ direction, amountMinor }) => `${direction} ${amountMinor.toString()}`);

describe('a row of a CSV', () => {
  it('accepts a time after its day', async () => {
    const { lines } = await statementOf(
      CAPITEC,
      '1,1234567890,2026-11-20 00:05,2026-11-19 9:05,Deposit,CUS12345671,,,10.00,,,10.00',
      '2,1234567890,2026-11-20T23:59:59,2026-11-20,Deposit,CUS12345671,,,10.00,,,20.00',
    );
    expect(lines.map(({ bookingDate, valueDate }) => [bookingDate, valueDate])).toEqual([
      ['2026-11-20', '2026-11-19'],
      ['2026-11-20', '2026-11-20'],
    ]);
  });

  it('refunds a charge where the running balance says so, and charges it elsewhere', async () => {
    const row = (nr: number, amounts: string) =>
      `${nr},1234567890,2026-11-20,2026-11-20,A,B,,,${amounts}`;
    const refunded = await statementOf(
      CAPITEC,
      row(1, '10.00,,,10.00'),
      row(2, ',,0.35,10.35'),
      row(3, ',-1.00,-0.35,9.00'),
    );
    expect(movements(refunded.lines)).toEqual([
      'credit 1000',
      'credit 35',
      'debit 100',
      'debit 35',
    ]);
    expect(refunded.proof).toBe('ok');
    const charged = await statementOf(
      CAPITEC,
      row(1, '10.00,,,10.00'),
      row(2, ',,0.35,9.65'),
      row(3, ',1.00,0.35,8.30'),
    );
    expect(movements(charged.lines)).toEqual(['credit 1000', 'debit 35', 'debit 100', 'debit 35']);
    expect(charged.proof).toBe('ok');
  });

  it('refunds a charge without a minus in a newest-first file that writes charges with one', async () => {
    const { lines, proof } = await statementOf(
      CAPITEC,
      '3,1234567890,2026-11-20,2026-11-20,Fee,FEE,,,,,-7.50,2.85',
      '2,1234567890,2026-11-20,2026-11-20,Correction,FEE,,,,,0.35,10.35',
      '1,1234567890,2026-11-19,2026-11-19,Deposit,CUS12345671,,,10.00,,,10.00',
    );
    expect(movements(lines)).toEqual(['debit 750', 'credit 35', 'credit 1000']);
    expect(proof).toBe('ok');
  });

  it('fails if money in has a minus, since column and sign contradict each other', async () => {
    expect(
      await faultOf(CAPITEC, '1,1234567890,2026-11-20,2026-11-20,A,B,,,-10.00,,,10.00'),
    ).toEqual(['statement.unreadable', 'line 2, credit']);
  });

  it('makes no entry for a declined card payment, and fails for any other text without an amount', async () => {
    const row = (text: string) => `1,1234567890,2026-11-20,2026-11-20,${text},A,,,,,,`;
    expect((await statementOf(CAPITEC, row('Exc W/lim Shop'))).lines).toEqual([]);
    expect(await faultOf(CAPITEC, row('Payment Received'))).toEqual([
      'statement.unreadable',
      'line 2, amount',
    ]);
  });

  it('accepts any number of empty cells at its end, but not too few or too many filled ones', async () => {
    const row = '2026/11/20,2026/11/20,CUS12345671,,10.00,10.00';
    for (const end of ['', ',', ',,,']) {
      expect((await statementOf(INVESTEC, row + end)).lines).toHaveLength(1);
      expect((await statementOf(INVESTEC + end, row)).lines).toHaveLength(1);
    }
    for (const bad of [`${row},x`, '2026/11/20,2026/11/20,CUS12345671,,10.00'])
      expect(await faultOf(INVESTEC, bad)).toEqual(['statement.unreadable', 'line 2']);
  });

  it('fails for an unquoted comma in a file without a header, instead of shifting columns', async () => {
    const head = ['Statement Enquiry :', 'Account Number :,1111222233'];
    expect(await faultOf(...head, '20Nov2026,FOR 5,12,250.00,1250.00')).toEqual([
      'statement.unreadable',
      'line 3',
    ]);
  });

  it.each([
    ['OPEN BALANCE', 'standard bank'],
    ['CLOSE BALANCE', 'standard bank'],
  ])('moves money even if its payer typed %s', async (text) => {
    const head =
      'Date,Value Date,Statement Number,Description,Amount,Balance,Type,Originator Reference,Customer Reference';
    const { lines, proof } = await statementOf(
      head,
      '2026/11/19,2026/11/19,1,OPEN BALANCE,,+0.00,,,',
      `2026/11/20,2026/11/20,1,CREDIT TRANSFER,250.00,+250.00,TRF,,${text}`,
      '2026/11/20,2026/11/20,1,CLOSE BALANCE,,+250.00,,,',
    );
    expect([movements(lines), proof]).toEqual([['credit 25000'], 'ok']);
  });

  it('moves money even if its payer typed the label of the last row', async () => {
    const { lines, proof } = await statementOf(
      'Balance brought forward:,0.00',
      'Account,Date,Description,Reference,Amount,Fees,Balance,',
      '1050012345,20/11/2026,Inward EFT Credit,Total:,250.00,0.00,250.00,',
      'Total:,,,,250.00,0.00,250.00,',
    );
    expect([movements(lines), proof]).toEqual([['credit 25000'], 'ok']);
  });

  it('keeps a formula as text', async () => {
    const { lines } = await statementOf(
      ABSA,
      '20261120,"=HYPERLINK(""http://x"",""CUS12345671"")",250.00,250.00',
      '20261120,+27821234567,1.00,251.00',
    );
    expect(lines.map(({ text }) => text)).toEqual([
      '=HYPERLINK("http://x","CUS12345671")',
      '+27821234567',
    ]);
    expect(await faultOf(ABSA, '20261120,A,=1+1,2.00')).toEqual([
      'statement.unreadable',
      'line 2, amount',
    ]);
  });

  it('loses its NUL bytes, with a warning', async () => {
    const { lines, warnings } = await statementOf(ABSA, '20261120,CUS\u000012345671,1.00,1.00');
    expect(lines[0]?.references).toEqual(['CUS12345671']);
    expect(warnings).toContain('control_characters');
  });

  it('remains an entry of zero if it only announces something', async () => {
    const { lines, proof } = await statementOf(
      ABSA,
      '20261119,ACB CREDIT CUS12345671,100.0,100.0',
      '20261120,NOTIFIC FEE SMS     NOTIFYME,0.00,100.00',
    );
    expect([movements(lines), proof]).toEqual([['credit 10000', 'credit 0'], 'ok']);
  });
});
