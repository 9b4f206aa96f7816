import { randomUUID } from 'node:crypto';
import { captureLines } from '../../app/capture/capture-lines.ts';
import type { CaptureOutcome } from '../../app/capture/capture-outcome.ts';
import { creditWallet } from '../../activities/credit-wallet.ts';
import { followUp, type FollowUpOutput } from '../../activities/follow-up.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import {
  activityContext,
  aSighting,
  createTestDependencies,
  poll,
  WHOLE_DAYS,
  type TestDependencies,
} from './activities.ts';
import type { TestDatabase } from './database.ts';

/** One run of the poll over whole days, and its follow-up. */
export async function read(
  test: TestDatabase,
  accountKey: string,
  sightings: readonly Sighting[],
  dependencies: TestDependencies = createTestDependencies(test.db),
): Promise<{ readonly captured: CaptureOutcome; readonly followed: FollowUpOutput }> {
  const captured = await readAlone(test, accountKey, sightings);
  return { captured, followed: await follow(test, accountKey, dependencies) };
}

/** One run of the poll over whole days, without its follow-up. */
export async function readAlone(
  test: TestDatabase,
  accountKey: string,
  sightings: readonly Sighting[],
): Promise<CaptureOutcome> {
  const runId = `run_${randomUUID().replaceAll('-', '')}`;
  await test.owner`
    insert into runs (id, bank_account_key, kind, window_from, window_to, outcome, finished_at)
    values (${runId}, ${accountKey}, 'poll', '2026-11-18', '2026-11-22', 'completed', now())`;
  return captureLines(test.db, {
    accountKey,
    feed: 'poll',
    idStable: true,
    runId,
    scope: WHOLE_DAYS,
    startedAt: new Date(Date.now() + 1_000),
    sightings,
  });
}

/** Only the follow-up of a read. */
export async function follow(
  test: TestDatabase,
  accountKey: string,
  dependencies: TestDependencies = createTestDependencies(test.db),
): Promise<FollowUpOutput> {
  const work = () => followUp(dependencies, { accountKey });
  return activityContext().run<[], FollowUpOutput, typeof work>(work);
}

/** A debit that the bank marks as a reversal and that matches no deposit; its case is open. */
export async function anUnpaired(
  test: TestDatabase,
  accountKey: string,
  given: Partial<Sighting> = {},
  whatFollows: () => Promise<unknown> = () => follow(test, accountKey),
): Promise<{ readonly debit: Sighting; readonly lineId: bigint }> {
  const debit = aSighting({
    direction: 'debit',
    reversal: true,
    references: [],
    text: 'RECALL BY REMITTER',
    ...given,
  });
  await poll(test.db, accountKey, [debit], { scope: { kind: 'partial' } });
  await whatFollows();
  await test.owner`update reversals set found_at = now() - interval '11 days' where bank_account_key = ${accountKey}`;
  await whatFollows();
  const [row] = await test.owner<{ id: string }[]>`
    select line_id::text as id from reversals where bank_account_key = ${accountKey} and state = 'unpaired'
     order by line_id desc limit 1`;
  return { debit, lineId: BigInt(row?.id ?? 0) };
}

/** The deposit of the first line that a read found new. */
export function newDeposit({ placements }: CaptureOutcome): string {
  for (const placement of placements) {
    if (placement.kind === 'new' && placement.depositId !== null) return placement.depositId;
  }
  throw new Error('The read found no new deposit.');
}

/** A credited deposit of one line; answers its id. */
export async function readAndCredit(
  test: TestDatabase,
  accountKey: string,
  line: Sighting,
): Promise<string> {
  const { captured } = await read(test, accountKey, [line]);
  const depositId = newDeposit(captured);
  await creditWallet(createTestDependencies(test.db), { depositId });
  return depositId;
}

/** The cases about an account's lines, in the order in which they were opened. */
export async function casesOf(
  test: TestDatabase,
  accountKey: string,
): Promise<readonly { readonly kind: string; readonly outcome: string | null }[]> {
  return [
    ...(await test.owner<{ kind: string; outcome: string | null }[]>`
      select c.kind, c.outcome from line_cases c join lines l on l.id = c.line_id
       where l.bank_account_key = ${accountKey} order by c.id`),
  ];
}
