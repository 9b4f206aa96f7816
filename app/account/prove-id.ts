import type { DayWindow } from '../../bank/feeds/feed.ts';
import type { Database } from '../../db/client.ts';
import type { Actor } from '../../db/queries/audit.ts';
import {
  countShared,
  findAccountName,
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
 * @throws CodedError `account.other_lines`, before anything of the read is captured
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
    shown: booked.map((sighting) => ({
      day: sighting.bookingDate,
      minor: signedMinor(sighting).toString(),
    })),
  });
  // An account without lines of these days contradicts nothing, and proves nothing either.
  if (known === 0) return;
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

/** A person's word that the account's present id is its own. @throws CodedError `account.not_found` */
export async function confirmAccountId(
  database: Database,
  asked: { readonly name: string; readonly by: Actor; readonly why: string },
): Promise<boolean> {
  return writeAs(database, { actor: asked.by, why: asked.why }, async (tx) =>
    markIdProved(tx, await requireAccountKey(tx, asked.name)),
  );
}
