import { describe, expect, it } from 'vitest';
import { readReferences } from '../../../../domain/reference/reference.ts';
import { failureOf, parseText } from '../../support/samples.ts';

const HEAD = ':20:X\n:25:42\n:28C:1/1\n:60F:C260102ZAR100,00\n';
const CLOSING = ':62F:C260105ZAR110,00\n';

/** A statement from 100.00 to 110.00 with these fields in it. */
const statement = (fields: string, closing = CLOSING) => `${HEAD}${fields}\n${closing}`;

async function only(text: string) {
  const file = await parseText(text);
  const [first] = file.statements;
  expect(file.statements).toHaveLength(1);
  const line = first?.lines[0];
  if (first === undefined || line === undefined) throw new Error('There is no line.');
  return { statement: first, line, warnings: file.warnings.map(({ code }) => code) };
}

const balancesOf = async (text: string) =>
  (await parseText(text)).statements.map(
    ({ account, openingMinor, closingMinor, lines, proof }) => [
      account,
      openingMinor,
      closingMinor,
      lines.length,
      proof,
    ],
  );

describe('field 61 as banks write it', () => {
  it.each([
    [':61:2601050105c10,00NTRFREF', 'lower case'],
    [':61:2601050105C10,00NOV REF', 'a type of two letters and a blank'],
    [':61:2601050105C10,00 NTRFREF', 'a blank before its type'],
    [':61:260105C0000000000000000010,00NTRFREF', 'more than fifteen digits, most of them zeros'],
    [':61:2601050105CN10,00REF//B-1', 'no type'],
    [':61:2601050105CR\n10,00NTRFREF', 'a line end before its amount'],
  ])('reads %s, which has %s', async (entry) => {
    const { line, statement: read } = await only(statement(entry));
    expect([line.amountMinor, line.direction, read.proof]).toEqual([1_000n, 'credit', 'ok']);
    expect(line.references).toEqual(['REF']);
  });

  it('treats NONREF as no reference even without a type', async () => {
    const { line } = await only(statement(':61:2601050105C10,00NONREF'));
    expect(line.references).toEqual([]);
  });

  it('reads an amount that starts with its comma', async () => {
    const { line } = await only(statement(':61:260105C,02NTRFREF', ':62F:C260105ZAR100,02\n'));
    expect(line.amountMinor).toBe(2n);
  });

  it.each([
    [':61:260105C,NTRFREF', 'no digit at all'],
    [':61:260105C1234567890123456,00NTRFREF', 'more digits than an amount may have'],
  ])('refuses %s, which has %s', async (entry) => {
    const error = await failureOf(parseText(statement(entry)));
    expect([error.code, error.details['where']]).toEqual([
      'statement.unreadable',
      'line 5, field 61',
    ]);
  });
});

describe('an amount without a decimal mark', () => {
  const refusedAt = async (text: string) => (await failureOf(parseText(text))).details['where'];

  it('means whole units if the balances prove it', async () => {
    const { line, statement: read } = await only(statement(':61:2601050105CR10NTRFREF'));
    expect([line.amountMinor, line.references, read.proof]).toEqual([1_000n, ['REF'], 'ok']);
  });

  it('needs no proof if it is zero', async () => {
    const { line } = await only(statement(':61:2601050105C0NTRFREF', ':62F:C260105ZAR105,00\n'));
    expect(line.amountMinor).toBe(0n);
  });

  it.each([
    ['where the balances contradict it', statement(':61:260105C1000NTRFREF')],
    [
      'where another one takes it back, so that any unit would fit',
      statement(':61:260105C10NTRFREF\n:61:260105D10NTRFREF', ':62F:C260105ZAR100,00\n'),
    ],
    ['if no type follows it', statement(':61:260105C10\u00000,00NTRFREF')],
    [
      'if it is only expected, and in no balance',
      statement(':61:260105EC10NTRFREF', ':62F:C260105ZAR100,00\n'),
    ],
    [
      'in a report, which has no balances',
      ':20:X\n:25:42\n:28C:1\n:34F:ZAR0,\n:61:260105C10NTRFREF\n:90D:0ZAR0,00\n:90C:1ZAR10,00\n',
    ],
  ])('fails %s', async (_, text) => {
    expect(await refusedAt(text)).toBe('line 5, field 61');
  });
});

describe('the text of an entry', () => {
  const entry = ':61:2601050105C10,00NTRFNONREF';

  it('comes from each of its fields 86', async () => {
    const { line } = await only(statement(`${entry}\n:86:PAYSHAP CREDIT   \n:86:CUS12345671`));
    expect(line.text).toBe('PAYSHAP CREDIT   \nCUS12345671');
    expect(line.references[0]).toBe('PAYSHAP CREDIT CUS12345671');
  });

  it.each([
    [':86: 020?00WPLATA?20CUS12345671?32ANNA', 'a blank before the first subfield'],
    [':86: /ORDP/42\n /NAME/ANNA\n /REMI/CUS12345671', 'blanks before each code'],
    [':86:020~00WPLATA~20CUS12345671~32ANNA', 'subfields behind ~'],
    [':86:000+20CUS12345671   +30302410000\n+32ANNA', 'subfields behind +'],
    [':86:944<00WPLATA<20CUS12345671<32ANNA', 'subfields behind <'],
    [':86:020^00WPLATA^20CUS12345671^32ANNA', 'subfields behind ^'],
  ])('comes from %s, with %s', async (information) => {
    const { line } = await only(statement(`${entry}\n${information}`));
    expect([line.references[0], line.counterparty.name]).toEqual(['CUS12345671', 'ANNA']);
  });

  it.each(['?', '>', '~', '<', '^', '+'])(
    'contains a code that is broken over two subfields after %s',
    async (sign) => {
      const { line } = await only(
        statement(`${entry}\n:86:020${sign}20TOP UP CUS123${sign}2145671${sign}32ANNA`),
      );
      expect(readReferences([...line.references, line.text])).toMatchObject({
        kind: 'exact',
        code: 'CUS12345671',
      });
    },
  );

  it('keeps a separator that starts no subfield', async () => {
    const { line } = await only(statement(`${entry}\n:86:166?20PAID? CUS12345671?32ANNA`));
    expect(line.references[0]).toBe('PAID? CUS12345671');
  });

  it('comes from field NS if there is no field 86', async () => {
    const { line } = await only(
      statement(`${entry}\n:NS:01CUS12345671\n02TOP UP\n15ANNA\n16SMITH\n17PAYSHAP\n1812345`),
    );
    expect(line.references[0]).toBe('CUS12345671 TOP UP');
    expect(line.counterparty.name).toBe('ANNA SMITH');
    expect(line.text).toBe('CUS12345671\nTOP UP, ANNA, SMITH, PAYSHAP, 12345');
  });

  it('never mixes a number of field NS into a code', async () => {
    const { line } = await only(statement(`${entry}\n:NS:01CUS123456\n02\n1871000`));
    expect(readReferences([...line.references, line.text]).kind).toBe('review');
  });

  it('excludes a field NS before the first entry', async () => {
    const { line } = await only(
      `:20:X\n:25:42\n:28C:1/1\n:NS:22CUS12345671\n23HOLDER\n:60F:C260102ZAR100,00\n${entry}\n${CLOSING}`,
    );
    expect([line.text, line.references]).toEqual(['', []]);
  });
});

describe('a statement with balances and totals as banks write them', () => {
  const entry = ':61:2601050105C10,00NTRFREF';

  it.each([
    [':62F:C260105110,00\n', 'no currency, which the opening balance has'],
    [':62F:C260105ZAR0000000000000000110,00\n', 'zeros before its digits'],
    [':62F:C260105ZAR110,00   \n', 'blanks behind it'],
    [':62F:C260105ZAR110,00\n-END\n', 'an end mark of the bank below it'],
    [':62F:C260105ZAR110,00\nEND OF REPORT\n0000 01 NEXT\n', 'trailing lines below it'],
    [':62F:C260105ZAR110,00\n:65F:Z\n', 'an unknown field below it'],
  ])('closes with %j, which has %s', async (closing) => {
    const { statement: read } = await only(statement(entry, closing));
    expect([read.closingMinor, read.proof]).toEqual([11_000n, 'ok']);
  });

  it('fails if a balance is broken over two lines', async () => {
    const error = await failureOf(parseText(statement(entry, ':62F:C260105ZAR110,\n05\n')));
    expect(error.details['where']).toBe('line 6, field 62F');
  });

  it('covers no complete day if the first page is missing', async () => {
    const { statement: read } = await only(statement(entry).replace('60F', '60M'));
    expect([read.proof, read.completeDays]).toEqual(['ok', null]);
  });

  it('fails with a second account inside', async () => {
    const text = statement(`${entry}\n:25:43`);
    expect((await failureOf(parseText(text))).details['where']).toBe('line 6, field 25');
  });

  it('fails with control characters in the account', async () => {
    const text = statement(entry).replace(':25:42', ':25:4\u00002');
    expect((await failureOf(parseText(text))).code).toBe('statement.unreadable');
  });

  const report = (totals: string) =>
    `:20:X\n:25:42\n:28C:1\n:34F:ZAR 999999999999,99\n:13:2601051200\n:61:260105C10,00NTRFREF\n:61:260105EC5,00NTRFNONREF\n${totals}`;

  it.each([
    [':90D:ZAR,00\n:90C:1ZAR10,00\n', 'absent'],
    [':90D:0ZAR0,00\n:90C:2ZAR15,00\n', 'absent'],
    [':90D:0ZAR0,00\n:90C:2ZAR10,00\n', 'failed'],
    [':90D:0ZAR0,00\n:90C:ZAR11,00\n', 'failed'],
  ])(
    'compares the totals %j, with or without expected entries, with the entries',
    async (totals, proof) => {
      const { statement: read } = await only(report(totals));
      expect(read.proof).toBe(proof);
    },
  );
});

describe('a file of several MT940 messages', () => {
  const entry = ':61:2601050105C10,00NTRFREF';
  const second = HEAD.replace(':25:42', ':25:43');
  const both = [
    ['42', 10_000n, 11_000n, 1, 'ok'],
    ['43', 10_000n, 11_000n, 1, 'ok'],
  ];
  const block = '{1:F01BANK}{2:I940X}{4:\n';

  it.each([
    [
      'in frames of control bytes and blanks',
      `\u0001${block}${statement(entry)}-}{5:}\u0003     \u0001${block}${second}${entry}\n${CLOSING}-}\u0003   `,
    ],
    [
      'with $ between them',
      `${block}${statement(entry)}-}$\n${block}${second}${entry}\n${CLOSING}-}$`,
    ],
    [
      'whose first field stands in the line of the block',
      `{1:F01BANK}{2:I940X}{4:${statement(entry)}-}{1:F01BANK}{2:I940X}{4:${second}${entry}\n${CLOSING}-}`,
    ],
    [
      'whose blocks stand on lines of their own',
      `{1:F01BANK}\n{2:I940X}\n{4:\n${statement(entry)}-}\n{5:{CHK:1}}\n{1:F01BANK}\n{2:I940X}\n{4:\n${second}${entry}\n${CLOSING}-}`,
    ],
    [
      'with the trailers of systems behind block 5',
      `${block}${statement(entry)}-}{5:{CHK:1}}{S:{SAC:}{COP:P}}
${block}${second}${entry}
${CLOSING}-}{5:}
{S:{COP:S}}`,
    ],
    [
      'that end in a control byte behind the dash',
      `\u0001\n${statement(entry)}-\u0003\n\u0001\n${second}${entry}\n${CLOSING}-\u0003`,
    ],
    [
      'with field 20 before the first only',
      `${statement(entry)}:25:43\n:28C:1\n:60F:C260102ZAR100,00\n${entry}\n${CLOSING}`,
    ],
    [
      'after lines of the bank',
      `:940:\nBANK\n${statement(entry)}:940:\n${second}${entry}\n${CLOSING}`,
    ],
  ])('yields both messages: %s', async (_, text) => {
    expect(await balancesOf(text)).toEqual(both);
  });

  it('continues with the previous account if a further field 28C names none', async () => {
    const further = ':28C:2/1\n:60F:C260105ZAR110,00\n:62F:C260106ZAR110,00\n';
    expect(await balancesOf(statement(entry) + further)).toEqual([
      ['42', 10_000n, 11_000n, 1, 'ok'],
      ['42', 11_000n, 11_000n, 0, 'ok'],
    ]);
  });

  it.each([
    ['bare', `${statement(entry)}-\r\n`, `${second}${entry}\n${CLOSING}-\r\n`],
    ['in blocks', `${block}${statement(entry)}-}\n`, `${block}${second}${entry}\n${CLOSING}-}\n`],
  ])('counts as incomplete if cut anywhere inside the second message: %s', async (_, one, two) => {
    const end = two.indexOf('ZAR110,') + 'ZAR110,'.length;
    for (let cut = 1; cut < end; cut += 1)
      expect((await failureOf(parseText(one + two.slice(0, cut)))).code, `${cut}`).toMatch(
        /^statement\.(?:incomplete|unreadable)$/,
      );
  });

  it.each([
    ['after the colon of the next tag', `${statement(entry)}-\n:`],
    ['inside the next tag', `${statement(entry)}-\n:2`],
    ['inside the next tag, with no end mark before it', `${statement(entry)}:20`],
    ['after the next tag', `${statement(entry)}-\n:20:`],
    ['inside the next block', `${block}${statement(entry)}-}\n{1:F01BA`],
    ['between the next blocks', `${block}${statement(entry)}-}\n{1:F01BANK}\n{2:I94`],
    [
      'inside the head that the bank writes before each',
      `ABNANL2A\n940\nABNANL2A\n${statement(entry)}-\nABNAN`,
    ],
    ['inside the available balance', `${statement(entry)}:64:C260105ZAR110,0`],
    ['before the amount of the available balance', `${statement(entry)}:64:C260105ZAR`],
    ['inside the end mark of a block', `${block}${statement(entry)}-`],
    ['inside the next block on the same line', `${block}${statement(entry)}-}{5:}{1:F01`],
  ])('counts as incomplete %s', async (_, text) => {
    expect((await failureOf(parseText(text))).code).toBe('statement.incomplete');
  });
});
