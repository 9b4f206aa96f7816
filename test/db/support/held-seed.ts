import { aSighting, notify, poll } from '../../support/activities.ts';
import type { TestDatabase } from '../../support/database.ts';
import { seedBankAccount } from '../../support/ledger.ts';

const ACCOUNT = 'third';

/** A bank account with a line that is held beside another one, and with a row that waits. */
export async function seedHeld({ db }: TestDatabase): Promise<void> {
  await seedBankAccount(db, ACCOUNT);
  const first = aSighting({ references: ['CUS00000018'], amountMinor: 2_200n });
  const corrected = aSighting({ references: ['CUS00000026'], amountMinor: 2_200n });
  await poll(db, ACCOUNT, [first]);
  for (let read = 0; read < 2; read += 1) await poll(db, ACCOUNT, [corrected]);
  for (const bankId of ['W1', 'W2'])
    await notify(db, ACCOUNT, aSighting({ bankId, amountMinor: 2_300n }));
}
