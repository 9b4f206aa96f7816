import type { DayWindow } from '../../bank/feeds/feed.ts';
import type { Database } from '../../db/client.ts';
import type { Actor } from '../../db/queries/audit.ts';
import {
  countShared,
  findAccountName,
  findMostShared,
  isIdUnproved,
  markIdProved,
} from '../../db/queries/bank-account-names.ts';
import { CodedError } from '../../domain/errors.ts';
import { signedMinor, type Sighting } from '../../domain/line/sighting.ts';
import { writeAs } from '../write-as.ts';
import { requireAccountKey } from './find-account.ts';

/**
 * Looks, once for each id that the bank gives an account, whether a read under it shows the account's lines: banks issue
 * new ids when an account is connected again, and an operator may have set the id of another account. At least half of
 * the lines that the account has of these days must be there, by day and amount.
 * @throws CodedError `account.other_lines` · `account.known`, before anything of the read is captured
 */
export async function proveAccountId(
  database: Database,
  read: {
    readonly accountKey: string;
    readonly window: DayWindow;
    readonly sightings: readonly Sighting[];
  },
): Promise<void> {
  const { accountKey, window } = read;
  if (!(await isIdUnproved(database, accountKey))) return;
  const booked = read.sightings.filter(({ status }) => status === 'booked');
  const { known, shared } = await countShared(database, {
    accountKey,
    ...window,
    shown: booked.map((sighting) => ({ minor: signedMinor(sighting).toString() })),
  });
  // An account without polled lines of these days contradicts nothing. The lines that come now are this id's own: later reads
  // can say no more about it, and would take a line that the bank removes for a sign of another account.
  if (known === 0) {
    await refuseOthersLines(database, { ...read, booked });
    if (booked.length > 0) await markIdProved(database, accountKey);
    return;
  }
  if (shared * 2 < known) {
    const name = await findAccountName(database, accountKey);
    throw new CodedError(
      'account.other_lines',
      `BANK_ACCOUNT_ID of ${name} is new, and the bank shows ${shared} of the ${known} lines that ${name} has from ${window.from} to ${window.to}: ` +
        'is it another account?',
    );
  }
  await markIdProved(database, accountKey);
}

/** So many payments in the same words are no chance. */
const SHARED_MIN = 3;

/**
 * The first read of an account must not show the payments of another account of ours: somebody changed the key and the
 * bank's id at once.
 */
async function refuseOthersLines(
  database: Database,
  read: {
    readonly accountKey: string;
    readonly window: DayWindow;
    readonly booked: readonly Sighting[];
  },
): Promise<void> {
  const { accountKey, booked, window } = read;
  const credits = booked.filter(({ direction }) => direction === 'credit');
  if (credits.length < SHARED_MIN) return;
  const other = await findMostShared(database, {
    accountKey,
    ...window,
    shown: credits.map((each) => ({
      day: each.bookingDate,
      minor: each.amountMinor.toString(),
      text: each.references[0] ?? each.text,
    })),
  });
  if (other === null || other.shared < SHARED_MIN || other.shared * 2 < other.known) return;
  const name = await findAccountName(database, other.accountKey);
  throw new CodedError(
    'account.known',
    `The bank shows for ${accountKey} ${other.shared} of the ${other.known} payments that ${name} has from ${window.from} to ${window.to}: ` +
      `it is the same account. Set BANK_ACCOUNT_KEY=${name}; if it is another account, run \`purser bank-account confirm-id ${accountKey}\`.`,
  );
}

/** A person's word that the account's present id is its own. @throws CodedError `account.not_found` */
export async function confirmAccountId(
  database: Database,
  asked: { readonly name: string; readonly by: Actor; readonly why: string },
): Promise<boolean> {
  return writeAs(database, { actor: asked.by, why: asked.why }, async (tx) =>
    markIdProved(tx, await requireAccountKey(tx, asked.name)),
  );
}
