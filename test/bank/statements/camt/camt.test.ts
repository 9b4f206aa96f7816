import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../../domain/line/statement.ts';
import { parseStatementFile } from '../../../../bank/statements/parse-statement-file.ts';
import { chunksOf, parseBytes, parseText, readSample, SAMPLES } from '../../support/samples.ts';

async function onlyStatement(text: string): Promise<Statement> {
  const { statements } = await parseText(text);
  const [statement] = statements;
  if (statement === undefined || statements.length !== 1) throw new Error('Not one statement.');
  return statement;
}

describe('the camt reader, on entries,', () => {
  it('reads an entry with its references in order of trust, amounts exact and dates as written', async () => {
    const file = await parseText(await readSample('single.xml'));

    expect(file.format).toBe('camt.053');
    expect(file.warnings).toEqual([]);
    expect(file.statements).toEqual([
      {
        account: '62000000001',
        currency: 'ZAR',
        statementId: 'S1',
        openingMinor: 100_000n,
        closingMinor: 125_000n,
        proof: 'ok',
        differenceMinor: 0n,
        completeDays: { from: '2026-11-20', to: '2026-11-20' },
        lines: [
          {
            bankId: 'FT1',
            bookingDate: '2026-11-20',
            valueDate: '2026-11-19',
            amountMinor: 25_000n,
            direction: 'credit',
            currency: 'ZAR',
            status: 'booked',
            reversal: false,
            references: ['Inv & top-up CUS12345671', 'PAYSHAP CREDIT'],
            text: 'PAYSHAP CREDIT',
            counterparty: { name: 'A Payer', account: '620999' },
            runningBalanceMinor: null,
            position: 'statement 1, entry 1',
            details: [
              {
                amountMinor: null,
                references: ['Inv & top-up CUS12345671'],
                text: 'Inv & top-up CUS12345671',
                counterparty: { name: 'A Payer', account: '620999' },
                bankId: null,
              },
            ],
          },
        ],
      },
    ]);
  });

  it('keeps the parts of a batch with the amounts that arrived, never the ordered ones', async () => {
    const { lines, proof, completeDays } = await onlyStatement(await readSample('batch.xml'));

    expect(proof).toBe('ok');
    expect(completeDays).toEqual({ from: '2026-11-20', to: '2026-11-20' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ references: ['COLLECTION OF THE DAY'], bankId: '7' });
    expect(lines[0]?.details).toEqual([
      {
        amountMinor: 10_000n,
        references: ['CUS00001234', 'rent', 'E2E-1'],
        text: 'rent',
        counterparty: { name: 'First Payer', account: null },
        bankId: 'P1',
      },
      {
        amountMinor: 25_000n,
        references: ['CUS12345671'],
        text: 'CUS12345671',
        counterparty: { name: null, account: null },
        bankId: null,
      },
      {
        amountMinor: -5_000n,
        references: ['CORRECTION'],
        text: 'CORRECTION',
        counterparty: { name: null, account: null },
        bankId: null,
      },
    ]);
  });

  it('takes the direction of a reversal as booked, and its counterparty from the reversed payment', async () => {
    const { lines, openingMinor, closingMinor, proof } = await onlyStatement(
      await readSample('reversal.xml'),
    );

    expect({ openingMinor, closingMinor, proof }).toEqual({
      openingMinor: 5_000n,
      closingMinor: -2_500n,
      proof: 'ok',
    });
    expect(lines[0]).toMatchObject({
      direction: 'debit',
      reversal: true,
      amountMinor: 7_500n,
      counterparty: { name: 'The Payer', account: null },
    });
  });

  it('shows pending entries without counting them in the proof, and keeps notices of zero', async () => {
    const file = await parseText(await readSample('reversal.xml'));

    const lines = file.statements[0]?.lines ?? [];
    expect(lines.map((line) => [line.status, line.amountMinor])).toEqual([
      ['booked', 7_500n],
      ['pending', 1_000n],
      ['booked', 0n],
    ]);
    expect(file.warnings.map(({ code, where }) => ({ code, where }))).toEqual([
      { code: 'booking_date_absent', where: 'statement 1, entry 2' },
    ]);
  });

  it('counts an unknown status as pending, with a warning', async () => {
    const text = (await readSample('single.xml')).replace('<Sts>BOOK</Sts>', '<Sts>SOON</Sts>');

    const file = await parseText(text);

    expect(file.statements[0]?.lines[0]?.status).toBe('pending');
    expect(file.warnings).toMatchObject([
      { code: 'status_unknown', where: 'statement 1, entry 1' },
    ]);
  });

  it('reads ISO-8859-1 as its declaration says', async () => {
    const bytes = await readFile(path.join(SAMPLES, 'latin1.xml'));

    const file = await parseBytes(bytes);

    expect(file.statements[0]?.lines[0]?.references).toEqual(['Café £ CUS12345671']);
  });

  it('reads a prefixed namespace and a byte order mark, and skips supplementary data', async () => {
    const file = await parseText(`\uFEFF${await readSample('prefixed.xml')}`);

    expect(file.format).toBe('camt.052');
    expect(file.statements).toMatchObject([
      {
        currency: 'ZAR',
        proof: 'absent',
        completeDays: null,
        lines: [{ bookingDate: '2026-11-20', references: ['CUS12345671'] }],
      },
    ]);
  });

  it('reads the same from one chunk and from chunks of one byte', async () => {
    for (const name of ['single.xml', 'latin1.xml']) {
      const bytes = await readFile(path.join(SAMPLES, name));
      expect(await parseStatementFile(chunksOf(bytes, 1))).toEqual(await parseBytes(bytes));
    }
  });
});

describe('the camt reader, on proofs,', () => {
  it('reports a failed proof with opening + lines − closing, and throws nothing', async () => {
    const file = await parseText(await readSample('two-statements.xml'));

    expect(
      file.statements.map(({ proof, differenceMinor }) => ({ proof, differenceMinor })),
    ).toEqual([
      { proof: 'failed', differenceMinor: 100n },
      { proof: 'absent', differenceMinor: null },
    ]);
    expect(file.warnings).toMatchObject([{ code: 'statement_copy', where: 'statement 2' }]);
  });

  it.each([
    ['<NbOfNtries>1<', '<NbOfNtries>2<'],
    ['<Sum>250<', '<Sum>250.01<'],
    ['</TtlNtries>', '<TtlNetNtryAmt>250</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd></TtlNtries>'],
    ['</TtlNtries>', '</TtlNtries><TtlDbtNtries><NbOfNtries>1</NbOfNtries></TtlDbtNtries>'],
  ])(
    "fails the proof when the file's own totals differ from its entries (%s)",
    async (from, to) => {
      const file = await parseText((await readSample('single.xml')).replace(from, to));

      expect(file.statements[0]?.proof).toBe('failed');
      expect(file.warnings).toMatchObject([{ code: 'totals_differ', where: 'statement 1' }]);
    },
  );

  it('proves nothing without both balances, and treats a balance of nines as missing', async () => {
    const text = (await readSample('single.xml')).replace('>1000.00<', '>999999999999999.99<');

    const file = await parseText(text);

    expect(file.statements[0]).toMatchObject({ openingMinor: null, proof: 'absent' });
    expect(file.warnings).toMatchObject([{ code: 'balance_placeholder', where: 'statement 1' }]);
  });

  it('takes interim balances at the edges of an open statement, and marks no day complete', async () => {
    const text = (await readSample('single.xml'))
      .replace('<Cd>OPBD<', '<Cd>ITBD<')
      .replace('<Cd>CLBD<', '<Cd>ITBD<');

    expect(await onlyStatement(text)).toMatchObject({
      openingMinor: 100_000n,
      closingMinor: 125_000n,
      proof: 'ok',
      completeDays: null,
    });
  });

  it('leaves a day incomplete that the period covers in part', async () => {
    const text = (await readSample('batch.xml'))
      .replace('2026-11-20T00:00:00', '2026-11-18T09:00:00')
      .replace('2026-11-20T23:59:59', '2026-11-20T15:00:00');

    expect((await onlyStatement(text)).completeDays).toEqual({
      from: '2026-11-19',
      to: '2026-11-19',
    });
  });

  it('proves any statement whose closing balance is opening plus its booked entries', async () => {
    const template = await readSample('single.xml');
    const entry = /<Ntry>[^]*<\/Ntry>/.exec(template)?.[0] ?? '';
    const rand = (minor: bigint) =>
      `${(minor / 100n).toString()}.${(minor % 100n).toString().padStart(2, '0')}`;
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(amounts, async (minors) => {
        const sum = minors.reduce((total, minor) => total + minor, 0n);
        const text = template
          .replace(/<TxsSummry>.*<\/TxsSummry>/, '')
          .replace('>1250.00<', `>${rand(100_000n + sum)}<`)
          .replace(
            entry,
            minors.map((minor) => entry.replace('>250.00<', `>${rand(minor)}<`)).join(''),
          );
        const statement = await onlyStatement(text);
        expect(statement.proof).toBe('ok');
        expect(statement.lines.map((line) => line.amountMinor)).toEqual(minors);
      }),
      { numRuns: 50 },
    );
  });
});
