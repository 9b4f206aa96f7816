import { describe, expect, it } from 'vitest';
import { signedMinor } from '../../../domain/line/sighting.ts';
import { entryToCapture } from '../../../bank/statements/capture-entries.ts';
import { parseText, readSample } from '../support/samples.ts';

async function captureOf(text: string) {
  const file = await parseText(text);
  return file.statements.map((statement) => ({
    entries: statement.lines.map((line) => {
      const about = file.warnings.filter(({ where }) => where === line.position);
      return entryToCapture(line, new Set(about.map(({ code }) => code)));
    }),
  }));
}

describe('the capture of entries', () => {
  it('makes one sighting of each part of a batch, with the references and the direction of the part', async () => {
    const [statement] = await captureOf(await readSample('batch.xml'));

    expect(statement?.entries).toHaveLength(1);
    const [entry] = statement?.entries ?? [];
    expect(entry?.hold).toBeNull();
    expect(
      entry?.sightings.map((each) => [
        signedMinor(each),
        each.bankId,
        each.references,
        each.position,
      ]),
    ).toEqual([
      [10_000n, 'P1', ['CUS00001234', 'rent', 'E2E-1'], 'statement 1, entry 1, part 1'],
      [25_000n, null, ['CUS12345671'], 'statement 1, entry 1, part 2'],
      [-5_000n, null, ['CORRECTION'], 'statement 1, entry 1, part 3'],
    ]);
  });

  it.each([
    ['parts that do not add up', '<Amt Ccy="ZAR">100.00<', '<Amt Ccy="ZAR">300.00<'],
    ['a part without an amount', '<Amt Ccy="ZAR">100.00</Amt>', ''],
    ['a part in another currency', '<Amt Ccy="ZAR">100.00<', '<Amt Ccy="EUR">100.00<'],
    ['fewer parts than the bank counts', '<NbOfTxs>3<', '<NbOfTxs>4<'],
    ['only the order, and no amount that arrived', /<TxAmt>.*<\/TxAmt>/, ''],
  ])('holds a batch whole for %s', async (_name, from, to) => {
    const text = await readSample('batch.xml');
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);

    const [statement] = await captureOf(changed);

    expect(statement?.entries).toMatchObject([
      {
        hold: 'unsplit_batch',
        sightings: [{ amountMinor: 30_000n, position: 'statement 1, entry 1' }],
      },
    ]);
  });

  it('holds a batch that shows a single reference for several payments', async () => {
    const text = (await readSample('single.xml')).replace(
      '<NtryDtls>',
      '<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch>',
    );

    const [statement] = await captureOf(text);

    expect(statement?.entries).toMatchObject([{ hold: 'unsplit_batch' }]);
  });

  it('lets a single detail lend its references to the whole entry, whatever amount it states', async () => {
    const text = (await readSample('single.xml')).replace(
      '<TxDtls>',
      '<TxDtls><Amt Ccy="ZAR">0.04</Amt>',
    );

    const [statement] = await captureOf(text);

    expect(statement?.entries).toMatchObject([
      {
        hold: null,
        sightings: [
          { amountMinor: 25_000n, references: ['Inv & top-up CUS12345671', 'PAYSHAP CREDIT'] },
        ],
      },
    ]);
  });

  it('holds an entry without a booking date', async () => {
    const [statement] = await captureOf(await readSample('reversal.xml'));

    expect(statement?.entries.map((entry) => entry.hold)).toEqual([null, 'undated', null]);
  });
});
