import type { Database, Transaction } from '../../db/client.ts';
import { listOpenDepositWorkflows } from '../../db/queries/deposit-workflows.ts';
import { publishNotifications } from '../../db/queries/publication.ts';
import {
  listDebits,
  listOriginals,
  listPossibleOriginals,
  lockReversal,
  lockReversalPlace,
  recordReversals,
  markReversal,
  type OpenReversal,
  type StoredDebit,
} from '../../db/queries/reversals.ts';
import { lockDeposits, postJournals, type DepositFacts } from '../../db/queries/settlement.ts';
import { addDays } from '../../domain/local-date.ts';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';
import {
  candidatesOf,
  isTied,
  kindOfDebit,
  ORIGINAL_DAYS_MAX,
  pairReversal,
  possibleIds,
  type AccountContext,
} from '../../domain/ledger/reversal.ts';
import { settleReturnPaid } from '../../domain/ledger/suspense.ts';
import { takeBack } from './take-back.ts';

const PAGE_SIZE = 500;
/** A reversal may arrive before its original. After this many days a person must look. */
const WAIT_DAYS_MAX = 10;

export type PairingOutcome = 'paired' | 'return_paid' | 'waiting' | 'unpaired';

/** The outcome for one debit line. */
export interface PairedReversal {
  readonly outcome: PairingOutcome;
  readonly depositId: string | null;
  /** Workflows that may still wait although their deposit has an outcome. */
  readonly open: readonly DepositWorkflowRef[];
}

const UNCHANGED: PairedReversal = { outcome: 'waiting', depositId: null, open: [] };

/** Records which of the account's next debit lines may be reversals; false if no lines are left. */
export async function noteReversals(database: Database, accountKey: string): Promise<boolean> {
  return database.transaction(async (tx) => {
    const place = await lockReversalPlace(tx, accountKey);
    if (place === null) return false;
    const debits = await listDebits(tx, { accountKey, afterId: place, limit: PAGE_SIZE });
    const last = debits.at(-1);
    if (last === undefined) return false;
    const lineIds: string[] = [];
    for (const debit of debits)
      if (await mayTakeBack(tx, accountKey, debit)) lineIds.push(debit.lineId);
    await recordReversals(tx, { accountKey, lineIds, readTo: last.lineId });
    return debits.length === PAGE_SIZE;
  });
}

/** A payment that names a customer matters only if a deposit of that customer has its amount. */
async function mayTakeBack(
  tx: Transaction,
  accountKey: string,
  debit: StoredDebit,
): Promise<boolean> {
  const kind = kindOfDebit(debit);
  if (kind !== 'customer') return kind === 'reversal';
  const context: AccountContext = { standard: new Set(), firstDay: null };
  const originals = await listOriginals(tx, { ...whereToLook(accountKey, debit), bankIds: [] });
  return originals.some((original) => isTied(debit, original, context));
}

function whereToLook(accountKey: string, debit: StoredDebit) {
  const { amountMinor, bookingDate, currency } = debit;
  return {
    accountKey,
    amountMinor,
    currency,
    bankIds: possibleIds(debit),
    from: addDays(bookingDate, -ORIGINAL_DAYS_MAX),
    to: addDays(bookingDate, 1),
  };
}

/**
 * Pairs one debit line with the deposit that it reverses, or the return that it pays out, and books it. The debit may
 * arrive before or after the credit. A repeat finds what is paired.
 */
export async function pairOneReversal(
  database: Database,
  accountKey: string,
  lineId: string,
  context: AccountContext,
): Promise<PairedReversal> {
  const paired = await database.transaction(async (tx) => {
    const line = await lockReversal(tx, lineId);
    return line?.state === 'waiting' ? pairOne(tx, accountKey, line, context) : UNCHANGED;
  });
  if (paired.depositId !== null) await publishNotifications(database, [paired.depositId]);
  return paired;
}

async function pairOne(
  tx: Transaction,
  accountKey: string,
  line: OpenReversal,
  context: AccountContext,
): Promise<PairedReversal> {
  const { lineId, bookingDate } = line;
  const where = whereToLook(accountKey, line);
  const originals = await listOriginals(tx, where);
  const pairing = pairReversal(line, originals, context);
  if (pairing.kind === 'wait' && line.ageDays < WAIT_DAYS_MAX) return UNCHANGED;
  if (pairing.kind === 'wait' || pairing.kind === 'ask') {
    const possible = await listPossibleOriginals(tx, where);
    await markReversal(tx, {
      lineId,
      state: 'unpaired',
      depositId: null,
      chargesMinor: 0n,
      candidates: candidatesOf(line, [...originals, ...possible], context),
    });
    return { ...UNCHANGED, outcome: 'unpaired' };
  }
  const { depositId } = pairing;
  const [deposit] = await lockDeposits(tx, [depositId]);
  // The deposit changed between the read and the lock: the next attempt reads it again.
  const expected = originals.find((each) => each.depositId === depositId)?.state;
  if (deposit === undefined || deposit.state !== expected) return UNCHANGED;
  const open = await listOpenDepositWorkflows(tx, [depositId]);
  if (pairing.kind === 'return_paid') {
    await postJournals(
      tx,
      [settleReturnPaid(deposit, { lineId, eventOn: bookingDate })],
      'workflow',
    );
    await markReversal(tx, {
      lineId,
      state: 'return_paid',
      depositId,
      chargesMinor: 0n,
      candidates: [],
    });
    return { outcome: 'return_paid', depositId, open };
  }
  await bookReversal(tx, { line, deposit, chargesMinor: 0n, decisionId: null });
  return { outcome: 'paired', depositId, open };
}

/** Reverses a deposit with its debit line and records the pair. The caller has locked both. */
export async function bookReversal(
  tx: Transaction,
  pair: {
    readonly line: OpenReversal;
    readonly deposit: DepositFacts;
    readonly chargesMinor: bigint;
    /** The decision of the people who paired them; null if Purser did. */
    readonly decisionId: string | null;
  },
): Promise<void> {
  const { line, deposit, chargesMinor, decisionId } = pair;
  const { lineId, bookingDate } = line;
  await takeBack(tx, deposit, { kind: 'reversal', lineId, eventOn: bookingDate, decisionId });
  const { depositId } = deposit;
  await markReversal(tx, { lineId, state: 'paired', depositId, chargesMinor, candidates: [] });
}
