import { randomUUID } from 'node:crypto';
import { deposits } from '../../support/activities.ts';
import type { TestDatabase } from '../../support/database.ts';
import { aDecision } from '../../support/decisions.ts';

/** An account of a test's database. */
export interface On {
  readonly test: TestDatabase;
  readonly account: string;
}

export const owner = (on: On, text: string, ...values: (string | number | null)[]) =>
  on.test.owner.unsafe(text, values);

/** A run of the on.account, an hour ago unless it says otherwise. */
export const aRun = (
  on: On,
  given: {
    outcome: string;
    code?: string;
    new?: number;
    gap?: boolean;
    ago?: string;
  },
) =>
  owner(
    on,
    `insert into runs (id, bank_account_key, kind, started_at, finished_at, outcome, error_code, lines_new, balance_gap)
     values ('run_' || md5(random()::text), $1, 'poll', now() - $2::interval, now() - $2::interval, $3, $4, $5, $6::text::boolean)`,
    on.account,
    given.ago ?? '1 hour',
    given.outcome,
    given.code ?? null,
    given.new ?? 0,
    String(given.gap ?? false),
  );
export const aProof = (on: On, off: number) =>
  owner(
    on,
    `insert into day_proofs (bank_account_key, day, source, moment, opening_on, opening_minor, bank_minor, ledger_minor,
                             difference_minor, suspense_minor, open_minor, open_count)
     values ($1, '2026-11-20', 'api', 'end_of_day', '2026-11-20', 0, 0, $2, $2, 0, 0, 0)`,
    on.account,
    off,
  );
export async function aDeposit(on: On): Promise<string> {
  const [depositId = ''] = await deposits(
    on.test.db,
    on.account,
    [{ reference: `NO CODE ${randomUUID()}` }],
    { scope: { kind: 'partial' } },
  );
  return depositId;
}
export async function aReview(on: On, column: 'escalated_at' | 'overdue_at'): Promise<void> {
  await owner(
    on,
    `insert into reviews (deposit_id, reason, due_at, ${column}) values ($1, 'no_reference', now(), now())`,
    await aDeposit(on),
  );
}
export const closeReviews = (on: On) =>
  owner(
    on,
    `update reviews set closed_at = now() where deposit_id in (select id from deposits where bank_account_key = $1)`,
    on.account,
  );
export const aFile = (on: On, state: string, ago = '0') =>
  owner(
    on,
    `insert into statement_files (id, bank_account_key, sha256, state, received_at)
     values ('stf_' || md5(random()::text), $1, md5(random()::text), $2, now() - $3::interval)`,
    on.account,
    state,
    ago,
  );
export const setFiles = (on: On, state: string) =>
  owner(on, `update statement_files set state = $2 where bank_account_key = $1`, on.account, state);
export async function aStatement(on: On, continuity: string): Promise<void> {
  await aFile(on, 'captured');
  await owner(
    on,
    `insert into statements (file_id, position, format, line_count, proof, proved_by, state, continuity)
     select id, 1, 'mt940', 0, 'ok', 'itself', 'captured', $2 from statement_files where bank_account_key = $1 order by received_at desc limit 1`,
    on.account,
    continuity,
  );
}
export async function aCase(on: On, kind: string): Promise<void> {
  const depositId = await aDeposit(on);
  await owner(
    on,
    `insert into line_cases (kind, line_id) select $2, line_id from deposits where id = $1`,
    depositId,
    kind,
  );
}
export const settleCases = (on: On) =>
  owner(
    on,
    `update line_cases k set closed_at = now(), outcome = 'settled' from lines l where l.id = k.line_id and l.bank_account_key = $1`,
    on.account,
  );
export const set = (on: On, column: string, value: string) =>
  owner(on, `update bank_accounts set ${column} = ${value} where key = $1`, on.account);

/** A decision that was approved two minutes ago. */
export async function approveLongAgo(on: On, depositId: string): Promise<void> {
  const decisionId = await aDecision(on.test.owner, { depositId, kind: 'dismiss' });
  // When it was proposed and approved never changes: the one that is too old is written so.
  await on.test.owner.begin(async (tx) => {
    await tx.unsafe('set local session_replication_role = replica');
    await tx.unsafe(
      `update decisions set proposed_at = now() - interval '2 minutes', approved_at = now() - interval '2 minutes' where id = $1`,
      [decisionId],
    );
  });
}
