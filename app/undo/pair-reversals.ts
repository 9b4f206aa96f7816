import { heartbeat, log } from '@temporalio/activity';
import type { Transaction } from '../../db/client.ts';
import { listOpenDepositWorkflows } from '../../db/queries/deposit-workflows.ts';
import { publishNotifications } from '../../db/queries/publication.ts';
import {
  listDebits,
  listOriginals,
  listWaitingReversals,
  lockReversal,
  lockReversalPlace,
  recordReversals,
  markReversal,
  type OpenReversal,
} from '../../db/queries/reversals.ts';
import { listHeldByReversals } from '../../db/queries/rechecks.ts';
import { lockDeposits, postJournals, type DepositFacts } from '../../db/queries/settlement.ts';
import { addDays } from '../../domain/local-date.ts';
import {
  CHARGES_MINOR_MAX,
  mayTakeBack,
  ORIGINAL_DAYS_MAX,
  pairReversal,
} from '../../domain/ledger/reversal.ts';
import { settleReturnPaid } from '../../domain/ledger/suspense.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { takeBack } from './take-back.ts';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';

const PAGE_SIZE = 500;
/** A reversal may come before its original; after this long a person must look. */
const WAIT_DAYS_MAX = 10;

export interface PairReversalsOutput {
  readonly paired: number;
  readonly returnsPaid: number;
  readonly waiting: number;
  readonly unpaired: number;
}

type Outcome = 'paired' | 'return_paid' | 'waiting' | 'unpaired';

/**
 * Finds the debit lines by which the bank takes deposits back or pays returns out, pairs each with its deposit and books
 * it, one transaction each. In any order of arrival, before or after the credit; a repeat finds what is settled.
 */
export async function pairReversals(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string },
): Promise<PairReversalsOutput> {
  const { accountKey } = input;
  while (await readDebits(dependencies, accountKey)) heartbeat();
  const counts: Record<Outcome, number> = { paired: 0, return_paid: 0, waiting: 0, unpaired: 0 };
  let afterId = '0';
  for (;;) {
    const page = await listWaitingReversals(dependencies.database, {
      accountKey,
      afterId,
      limit: PAGE_SIZE,
    });
    for (const lineId of page) {
      counts[await settleOne(dependencies, accountKey, lineId)] += 1;
      heartbeat();
    }
    const last = page.at(-1);
    if (last === undefined) break;
    afterId = last;
  }
  if (counts.unpaired > 0)
    log.error('a reversal has no original', { alert: 'reversal_unpaired', accountKey });
  return {
    paired: counts.paired,
    returnsPaid: counts.return_paid,
    waiting: counts.waiting,
    unpaired: counts.unpaired,
  };
}

/** Looks at the next debit lines; false when there are none left. */
async function readDebits(
  { database }: ActivityDependencies,
  accountKey: string,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const place = await lockReversalPlace(tx, accountKey);
    if (place === null) return false;
    const debits = await listDebits(tx, { accountKey, afterId: place, limit: PAGE_SIZE });
    const last = debits.at(-1);
    if (last === undefined) return false;
    await recordReversals(tx, {
      accountKey,
      lineIds: debits.filter(mayTakeBack).map(({ lineId }) => lineId),
      readTo: last.lineId,
    });
    return debits.length === PAGE_SIZE;
  });
}

async function settleOne(
  dependencies: ActivityDependencies,
  accountKey: string,
  lineId: string,
): Promise<Outcome> {
  const { database } = dependencies;
  const settled = await database.transaction(async (tx) => {
    const line = await lockReversal(tx, lineId);
    return line === null ? UNCHANGED : pairOne(tx, accountKey, line);
  });
  if (settled.depositId !== null) await publishNotifications(database, [settled.depositId]);
  // A review that waits for a decision has nothing to decide any more.
  for (const ref of settled.open)
    await dependencies.wakeDeposit(ref, { reason: 'settled_elsewhere' });
  if (settled.outcome === 'paired') await wakeHeld(dependencies, accountKey);
  return settled.outcome;
}

/** Deposits that waited since the reversal might have been theirs look again. */
export async function wakeHeld(
  dependencies: Pick<ActivityDependencies, 'database' | 'wakeDeposit'>,
  accountKey: string,
): Promise<void> {
  const { database } = dependencies;
  for (const ref of await listHeldByReversals(database, { accountKey, limit: PAGE_SIZE }))
    await dependencies.wakeDeposit(ref, { reason: 'cause_gone' });
}

interface Settled {
  readonly outcome: Outcome;
  readonly depositId: string | null;
  /** Workflows that may still wait for what has happened already. */
  readonly open: readonly DepositWorkflowRef[];
}

const UNCHANGED: Settled = { outcome: 'waiting', depositId: null, open: [] };

async function pairOne(tx: Transaction, accountKey: string, line: OpenReversal): Promise<Settled> {
  const { lineId, bookingDate, amountMinor } = line;
  const originals = await listOriginals(tx, {
    accountKey,
    minorFrom: amountMinor > CHARGES_MINOR_MAX ? amountMinor - CHARGES_MINOR_MAX : 1n,
    minorTo: amountMinor,
    from: addDays(bookingDate, -ORIGINAL_DAYS_MAX),
    to: addDays(bookingDate, 1),
  });
  const pairing = pairReversal(line, originals);
  if (pairing.kind === 'none') {
    if (line.ageDays < WAIT_DAYS_MAX) return UNCHANGED;
    await markReversal(tx, { lineId, state: 'unpaired', depositId: null, chargesMinor: 0n });
    return { ...UNCHANGED, outcome: 'unpaired' };
  }
  const { depositId } = pairing;
  const [deposit] = await lockDeposits(tx, [depositId]);
  // It moved between the look and the lock: the next look finds it as it is then.
  const expected = originals.find((each) => each.depositId === depositId)?.state;
  if (deposit === undefined || deposit.state !== expected) return UNCHANGED;
  const open = await listOpenDepositWorkflows(tx, [depositId]);
  if (pairing.kind === 'return_paid') {
    await postJournals(
      tx,
      [settleReturnPaid(deposit, { lineId, eventOn: bookingDate })],
      'workflow',
    );
    await markReversal(tx, { lineId, state: 'return_paid', depositId, chargesMinor: 0n });
    return { outcome: 'return_paid', depositId, open };
  }
  const { chargesMinor } = pairing;
  await bookReversal(tx, { line, deposit, chargesMinor, decisionId: null });
  return { outcome: 'paired', depositId, open };
}

/** Takes a deposit back with the line that reverses it, and notes that the two are a pair. Both are locked. */
export async function bookReversal(
  tx: Transaction,
  pair: {
    readonly line: OpenReversal;
    readonly deposit: DepositFacts;
    readonly chargesMinor: bigint;
    /** Of the people who paired them; null where Purser did. */
    readonly decisionId: string | null;
  },
): Promise<void> {
  const { line, deposit, chargesMinor, decisionId } = pair;
  const { lineId, bookingDate } = line;
  await takeBack(tx, deposit, { kind: 'reversal', lineId, eventOn: bookingDate, decisionId });
  const { depositId } = deposit;
  await markReversal(tx, { lineId, state: 'paired', depositId, chargesMinor });
}
