import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Statement, StatementFile } from '../../../domain/line/statement.ts';
import { rounds } from '../../support/rounds.ts';
import { expectCutsRefused } from '../support/cuts.ts';
import { HAS_REAL_FILES, REAL_FILES, WHY_SKIPPED } from '../support/real-files.ts';
import { failureOf, parseBytes } from '../support/samples.ts';

const CUTS = rounds({ short: 2_000, long: 20_000 });

const folders = HAS_REAL_FILES
  ? readdirSync(REAL_FILES, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  : [];
const files = folders.flatMap((folder) => {
  const at = path.join(REAL_FILES, folder);
  return readdirSync(at)
    .filter((name) => existsSync(path.join(at, `${name}.EXPECTED.json`)))
    .map((name) => `${folder}/${name}`);
});

type Facts = Readonly<Record<string, unknown>>;
interface Expected extends Facts {
  readonly expect: 'parse' | 'reject';
  readonly statements: readonly Facts[];
}

async function readExpected(name: string): Promise<Expected> {
  const text = await readFile(path.join(REAL_FILES, `${name}.EXPECTED.json`), 'utf8');
  // A list of accounts has no statements, and says so by leaving them out.
  const stated = JSON.parse(text) as Partial<Expected> & Pick<Expected, 'expect'>;
  return { ...stated, statements: stated.statements ?? [] };
}

function factsOf(statement: Statement): Facts {
  const side = (direction: 'credit' | 'debit') =>
    statement.lines.filter((line) => line.direction === direction);
  const sum = (direction: 'credit' | 'debit') =>
    Number(side(direction).reduce((total, line) => total + line.amountMinor, 0n));
  const minor = (balance: bigint | null) => (balance === null ? null : Number(balance));
  return {
    account: statement.account === '' ? null : statement.account,
    currency: statement.currency,
    entries: statement.lines.length,
    credits: side('credit').length,
    debits: side('debit').length,
    sumCreditsMinor: sum('credit'),
    sumDebitsMinor: sum('debit'),
    openingBalanceMinor: minor(statement.openingMinor),
    closingBalanceMinor: minor(statement.closingMinor),
    balanceContinuity: statement.proof === 'absent' ? null : statement.proof === 'ok',
    statementId: statement.statementId,
    pending: statement.lines.filter((line) => line.status === 'pending').length,
    reversals: statement.lines.filter((line) => line.reversal).length,
    transactions: statement.lines.reduce((total, line) => total + line.details.length, 0),
  };
}

/** Of a fact that an independent reader could not tell (`null`) we may know more: a running balance tells both ends. */
function expectFacts(found: Facts, expected: Facts): void {
  for (const [name, value] of Object.entries(found)) {
    const said = expected[name];
    if (said === undefined || said === null) continue;
    expect(value, name).toEqual(said);
  }
}

/** Statements that are pages of one: we put them together, an independent reader may list each page. */
function isPaged(file: StatementFile, expected: Expected): boolean {
  return file.format === 'mt940' && file.statements.length < expected.statements.length;
}

/** The first reference and text stand somewhere in the first line; an independent reader joins lines in its own way. */
function expectFirstTexts(statement: Statement | undefined, expected: Facts): void {
  const line = statement?.lines[0];
  if (line === undefined) return;
  const plain = (text: string) => text.replace(/[\s|]+/g, '');
  const said = plain([line.bankId, ...line.references, line.text].join(' '));
  for (const name of ['firstReference', 'firstText']) {
    const text = expected[name];
    // A placeholder that says that there is no reference is none.
    if (typeof text === 'string' && text !== 'NONREF') expect(said, name).toContain(plain(text));
  }
}

describe('the folder of real bank files', () => {
  it.skipIf(!HAS_REAL_FILES)(`exists${WHY_SKIPPED}`, () => {
    expect(files).not.toEqual([]);
  });

  it.each(files)('reads as in an independent parser: %s', async (name) => {
    const expected = await readExpected(name);
    const bytes = await readFile(path.join(REAL_FILES, name));
    if (expected.expect === 'reject') {
      expect((await failureOf(parseBytes(bytes))).code).toMatch(/^statement\./);
      return;
    }
    const file = await parseBytes(bytes);

    expect(file.format.split('.')[0]?.slice(0, 4)).toBe(name.slice(0, 4).replace(/\/.*/, ''));
    const all = file.statements.map(factsOf);
    if (isPaged(file, expected)) {
      const total = (facts: readonly Facts[]) =>
        facts.reduce((sum, each) => sum + Number(each['entries']), 0);
      expect(total(all)).toBe(total(expected.statements));
      expect(file.statements.every((statement) => statement.proof === 'ok')).toBe(true);
    } else {
      expect(file.statements).toHaveLength(expected.statements.length);
      expected.statements.forEach((each, index) => {
        expectFacts(all[index] ?? {}, each);
        expectFirstTexts(file.statements[index], each);
      });
    }
  });

  it.each(files)('never takes %s for a shorter whole, wherever it is cut', async (name) => {
    const bytes = await readFile(path.join(REAL_FILES, name));
    await expectCutsRefused(bytes, Math.max(1, Math.floor(bytes.length / CUTS)));
  });
});
