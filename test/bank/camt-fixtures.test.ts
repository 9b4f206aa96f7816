import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../domain/statement.ts';
import { failureOf, parseBytes } from './support/samples.ts';

// Real bank files lie beside the checkout of those who have them; a clone without them has our own samples.
const repository = path.resolve(import.meta.dirname, '..', '..');
const fixtures =
  process.env['PURSER_FIXTURES'] ?? path.resolve(repository, '..', 'shared', 'fixtures');
const folder = path.join(fixtures, 'camt');
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.xml')) : [];
console.info(`fixture tests run: ${files.length}`);

interface Expected {
  readonly expect: 'parse' | 'reject';
  readonly namespace: string;
  readonly statements: readonly {
    readonly firstReference: string | null;
    readonly firstText: string | null;
    readonly [fact: string]: unknown;
  }[];
}

function summarise(statement: Statement) {
  const side = (direction: 'credit' | 'debit') =>
    statement.lines.filter((line) => line.direction === direction);
  const sum = (direction: 'credit' | 'debit') =>
    Number(side(direction).reduce((total, line) => total + line.amountMinor, 0n));
  const minor = (balance: bigint | null) => (balance === null ? null : Number(balance));
  return {
    account: statement.account,
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

describe('real camt files', () => {
  it('are looked for beside the checkout', () => {
    expect(files.length > 0).toBe(existsSync(folder));
  });

  it.each(files)('reads %s as an independent parser does', async (name) => {
    const expected = JSON.parse(
      await readFile(path.join(folder, `${name}.EXPECTED.json`), 'utf8'),
    ) as Expected;
    const bytes = await readFile(path.join(folder, name));
    if (expected.expect === 'reject') {
      expect((await failureOf(parseBytes(bytes))).code).toMatch(/^statement\./);
      return;
    }

    const file = await parseBytes(bytes);

    expect(expected.namespace).toContain(file.format);
    expect(expected.statements).toMatchObject(file.statements.map(summarise));
    for (const [index, { firstReference, firstText }] of expected.statements.entries()) {
      // `firstReference` is the first of EndToEndId, NtryRef and AcctSvcrRef, none of which a payer types.
      const line = file.statements[index]?.lines[0];
      const texts = [line?.bankId, line?.text, ...(line?.references ?? [])];
      if (firstReference !== null) expect(texts).toContain(firstReference);
      if (firstText !== null) expect(texts).toContain(firstText);
    }
  });

  it.each(files)(
    'refuses %s cut at any of 200 places',
    async (name) => {
      const bytes = await readFile(path.join(folder, name));
      const whole = bytes.lastIndexOf('>') + 1;
      for (let cut = 0; cut < 200; cut += 1) {
        const part = bytes.subarray(0, Math.floor((whole * cut) / 200));
        expect((await failureOf(parseBytes(part))).code).toMatch(
          /^statement\.(incomplete|unreadable)$/,
        );
      }
    },
    60_000,
  );
});
