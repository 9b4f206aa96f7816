import { sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type { Database } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { addBankAccount } from '../../db/queries/bank-accounts.ts';
import {
  insertLines,
  lockBankAccountForCapture,
  type Appearance,
  type LineInsert,
} from '../../db/queries/capture.ts';
import { markCarriedOut } from '../../db/queries/decisions.ts';
import { listRates, lockDeposits, lockWallets, postJournals } from '../../db/queries/settlement.ts';
import { KEY_SCHEME } from '../../domain/line/identity.ts';
import { parseLocalDate } from '../../domain/local-date.ts';
import { settle } from '../../domain/ledger/settle.ts';
import { settleReturn } from '../../domain/ledger/suspense.ts';
import { aDecision } from './decisions.ts';

export const DAY = parseLocalDate('2026-11-20');

/** A bank account in rand without a feed. */
export async function seedBankAccount(db: Database, key: string): Promise<void> {
  await addBankAccount(db, key, {
    bankName: 'Test bank',
    currency: 'ZAR',
    timeZone: 'Africa/Johannesburg',
  });
}

/** A wallet with the code `CUS` + eight digits of `number`; answers its id. */
export async function seedWallet(db: Database, number: number): Promise<string> {
  const id = newId('wallet');
  await db.execute(sql`
    insert into wallets (id, code, code_kind) values (${id}, ${`CUS${String(number).padStart(8, '0')}`}, 'legacy')`);
  return id;
}

/** A line as an adapter and the count rule make it; its keys come from `name`. */
export function aLine(
  name: string,
  amountMinor: bigint,
  given: Partial<LineInsert> = {},
): LineInsert {
  return {
    factsKey: `facts-${name}`,
    occurrence: 1,
    transactionKey: `txn-${name}`,
    bookingDate: DAY,
    valueDate: null,
    amountMinor,
    currency: 'ZAR',
    reversal: false,
    references: ['CUS00000001'],
    text: 'PAYSHAP CREDIT',
    counterpartyName: null,
    counterpartyAccount: null,
    depositId: newId('deposit'),
    hold: null,
    seen: null,
    ...given,
  };
}

/** The default appearance of lines. */
export function aPollOf(accountKey: string): Appearance {
  return { accountKey, feed: 'poll', source: 'poll', runId: null };
}

/** Captures lines as the product does; answers the ids of their deposits, in order (debits have no deposit). */
export async function capture(
  db: Database,
  accountKey: string,
  lines: readonly LineInsert[],
): Promise<readonly string[]> {
  await db.transaction(async (tx) => {
    await lockBankAccountForCapture(tx, accountKey);
    await insertLines(tx, { ...aPollOf(accountKey), keyScheme: KEY_SCHEME, lines });
  });
  return lines.map((line) => line.depositId);
}

/** Credits deposits to wallets as the product does: locks, decides, writes. */
export async function credit(
  db: Database,
  owners: readonly { readonly depositId: string; readonly walletId: string }[],
): Promise<void> {
  await db.transaction(async (tx) => {
    const deposits = await lockDeposits(
      tx,
      owners.map((owner) => owner.depositId),
    );
    const wallets = await lockWallets(tx, [...new Set(owners.map((owner) => owner.walletId))]);
    const rates = await listRates(tx);
    const owned = owners.flatMap(({ depositId, walletId }) =>
      deposits
        .filter((deposit) => deposit.depositId === depositId)
        .map((deposit) => ({ ...deposit, walletId, decisionId: null })),
    );
    await postJournals(tx, settle(owned, wallets, rates), 'workflow');
  });
}

/** Returns a deposit to its sender by the decision of two people, which it makes too; answers the decision's id. */
export async function returnDeposit(
  db: Database,
  owner: postgres.Sql,
  depositId: string,
): Promise<string> {
  const decisionId = await aDecision(owner, { depositId, kind: 'return' });
  await db.transaction(async (tx) => {
    for (const deposit of await lockDeposits(tx, [depositId])) {
      await postJournals(tx, [settleReturn({ ...deposit, decisionId })], 'workflow');
    }
    await markCarriedOut(tx, decisionId, { outcome: 'returned', refusal: null });
  });
  return decisionId;
}
