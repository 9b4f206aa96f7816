import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capturePostings } from '../../domain/ledger/capture.ts';
import { DEPOSIT_STATES, mayMove } from '../../domain/ledger/deposit.ts';
import { JOURNAL_KINDS } from '../../domain/ledger/journal.ts';
import { FEED_PROTOCOLS } from '../../domain/line/feed-protocols.ts';
import {
  DECISION_KINDS,
  DECISION_OUTCOMES,
  DECISION_STATES,
} from '../../domain/review/approval.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aLine, capture, seedBankAccount } from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

/** The words that a check constraint lists for a column. */
async function allowedBy(table: string, column: string): Promise<readonly string[]> {
  const rows = await test.owner<{ text: string }[]>`
    SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint
     WHERE contype = 'c' AND conrelid = ${table}::regclass
       AND pg_get_constraintdef(oid) LIKE ${`CHECK ((${column} = ANY (ARRAY[%`}`;
  expect(rows, `one constraint that lists ${table}.${column}`).toHaveLength(1);
  return [...(rows[0]?.text ?? '').matchAll(/'([^']*)'::text/g)].map((match) => match[1] ?? '');
}

describe('a list that domain/ and the database both state', () => {
  it.each([
    ['deposits', 'state', DEPOSIT_STATES],
    ['journals', 'kind', JOURNAL_KINDS],
    ['decisions', 'kind', DECISION_KINDS],
    ['decisions', 'state', DECISION_STATES],
    ['decisions', 'outcome', DECISION_OUTCOMES],
    ['bank_accounts', 'feed', FEED_PROTOCOLS],
  ] as const)('names the same words for %s.%s in both', async (table, column, words) => {
    expect([...(await allowedBy(table, column))].sort()).toEqual([...words].sort());
  });
});

describe('the database, about the states of a deposit,', () => {
  it('allows exactly the moves that domain/ledger/deposit.ts allows', async () => {
    const triggers = await test.owner<{ name: string }[]>`
      SELECT tgfoid::regproc::text AS name FROM pg_trigger
       WHERE tgrelid = 'deposits'::regclass AND tgname = 'deposits_legal_move'`;
    const [check] = triggers;
    const pairs = DEPOSIT_STATES.flatMap((from) => DEPOSIT_STATES.map((to) => ({ from, to })));

    const refused: string[] = [];
    for (const { from, to } of pairs) {
      // A copy of the table without its constraints, so that only the trigger answers.
      const answer = await sqlStateOf(
        test.owner.begin(async (tx) => {
          await tx.unsafe(`
            CREATE TEMPORARY TABLE moves (LIKE deposits) ON COMMIT DROP;
            CREATE TRIGGER legal_move BEFORE UPDATE ON moves FOR EACH ROW EXECUTE FUNCTION ${check?.name ?? ''}();
            INSERT INTO moves SELECT (jsonb_populate_record(null::moves, jsonb_build_object(
              'id', 'd', 'line_id', 1, 'bank_account_key', 'main', 'transaction_key', 't', 'amount_minor', 1,
              'currency', 'ZAR', 'booking_date', '2026-11-20', 'state', '${from}', 'workflow_round', 1,
              'captured_at', now(), 'generation', 0))).*;
            UPDATE moves SET state = '${to}'`);
        }),
      );
      if (answer === 'PU004') refused.push(`${from} → ${to}`);
      else expect(answer, `${from} → ${to}`).toBe('accepted');
    }

    expect(refused).toEqual(
      pairs
        .filter(({ from, to }) => from !== to && !mayMove(from, to))
        .map(({ from, to }) => `${from} → ${to}`),
    );
  });
});

describe('the journal of a captured line', () => {
  it.each([7_500n, -7_500n, 0n])(
    'matches the legs that domain/ledger/capture.ts states, for %s',
    async (amountMinor) => {
      const bankAccountKey = `main-${amountMinor}`;
      await seedBankAccount(test.db, bankAccountKey);
      await capture(test.db, bankAccountKey, [aLine('a', amountMinor)]);

      const written = await test.owner<{ account: string; unit: string; amount: string }[]>`
        SELECT p.account, p.wallet_id, p.bank_account_key, p.unit, p.amount::text AS amount
          FROM postings p JOIN journals j ON j.id = p.journal_id
         WHERE j.kind = 'capture' AND j.bank_account_key = ${bankAccountKey} ORDER BY p.leg`;

      expect(written.map((row) => ({ ...row }))).toEqual(
        capturePostings({ bankAccountKey, amountMinor, currency: 'ZAR' }).map((posting) => ({
          account: posting.account,
          wallet_id: posting.walletId,
          bank_account_key: posting.bankAccountKey,
          unit: posting.unit,
          amount: posting.amount.toString(),
        })),
      );
    },
  );
});
