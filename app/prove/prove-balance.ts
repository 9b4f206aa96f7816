import type { BookedBalance, DayWindow, FeedSnapshot } from '../../bank/feeds/feed.ts';
import type { Database, Transaction } from '../../db/client.ts';
import {
  beginLedger,
  countSameLooks,
  findOpening,
  insertDayProof,
  pinOpening,
  sumOfLines,
  type StatedBalance,
} from '../../db/queries/day-proofs.ts';
import { countUnreadableRows } from '../../db/queries/quarantined-rows.ts';
import { closeGateByPolicy } from './prove-day.ts';

/** A difference counts after this many reads in a row: a bank may show a line in one answer before the other. */
const LOOKS_NEEDED = 2;

/** The lines of a window, and the balances that the bank stated before and after it showed them. */
export interface WindowWithBalances {
  readonly snapshot: FeedSnapshot;
  readonly before: BookedBalance | null;
  readonly after: BookedBalance | null;
}

/**
 * Compares the ledger, right after the lines of `window` were captured, with the balance that the bank stated with
 * them. The ledger of an account without statements begins at the first such balance. A result is recorded once; a
 * difference is recorded twice before it counts, and then the account's policy decides about its gate.
 */
export async function proveBalance(
  database: Database,
  input: {
    readonly accountKey: string;
    readonly window: DayWindow;
    readonly read: WindowWithBalances;
  },
): Promise<void> {
  const { accountKey, read, window } = input;
  const stated = statedBalance(read, window);
  if (stated === null) return;
  // The amount of a row that waits is missing from the ledger, and must stop no other deposit.
  if ((await countUnreadableRows(database, accountKey)) > 0) return;
  const moment = (read.after?.day ?? null) === null ? 'now' : 'end_of_day';
  // Not in the transaction of the capture: closing a gate waits for credits, which may wait for a capture's locks.
  await database.transaction((tx) => proveIn(tx, { accountKey, window, stated, moment }));
}

/**
 * The balance that the bank stated while it showed the lines, and its day. Null if it cannot be compared to the cent:
 * it moved while we read, or a line is still pending, which some banks count and others do not. A pending row that cannot be
 * read counts as one.
 */
export function statedBalance(
  { snapshot, before, after }: WindowWithBalances,
  window: DayWindow,
): StatedBalance | null {
  if (before === null || after === null) return null;
  if (before.minor !== after.minor || before.day !== after.day) return null;
  if (snapshot.hidesPending === true) return null;
  if (snapshot.sightings.some(({ status }) => status !== 'booked')) return null;
  const day = after.day ?? window.to;
  return day < window.from || day > window.to ? null : { day, minor: after.minor };
}

async function proveIn(
  tx: Transaction,
  input: {
    readonly accountKey: string;
    readonly window: DayWindow;
    readonly stated: StatedBalance;
    readonly moment: 'end_of_day' | 'now';
  },
): Promise<void> {
  const { accountKey, moment, stated, window } = input;
  const opening = (await pinOpening(tx, accountKey)) ?? (await findOpening(tx, accountKey));
  if (opening === null) {
    await beginLedger(tx, { accountKey, from: window.from, stated });
    return;
  }
  if (stated.day < opening.day) return;
  const moved = await sumOfLines(tx, { accountKey, from: opening.day, to: stated.day });
  const differenceMinor = opening.minor + moved - stated.minor;
  const isSame = differenceMinor === 0n;
  const looks = await countSameLooks(tx, { accountKey, day: stated.day, differenceMinor });
  if (looks >= (isSame ? 1 : LOOKS_NEEDED)) return;
  await insertDayProof(tx, {
    accountKey,
    source: 'api',
    moment,
    statementId: null,
    opening,
    movedMinor: moved,
    stated,
  });
  if (!isSame && looks + 1 >= LOOKS_NEEDED) await closeGateByPolicy(tx, accountKey, stated.day);
}
