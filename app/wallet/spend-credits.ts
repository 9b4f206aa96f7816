import { sql } from 'drizzle-orm';
import { CodedError } from '../../domain/errors.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import { spend, spendableCredits } from '../../domain/ledger/spend.ts';
import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { findHeldMinor } from '../../db/queries/credit-holds.ts';
import { lockWallets, postJournals } from '../../db/queries/settlement.ts';

export interface Spent {
  readonly spendId: string;
  /** The revenue of the spend, in minor units. */
  readonly revenueMinor: bigint;
}

/**
 * Spends credits of a wallet, with its journal, in the caller's transaction. The balance is read under the row's lock.
 * @throws CodedError `wallet.not_found` · `wallet.not_open` · `wallet.owes` · `wallet.insufficient_credits` · `wallet.credits_pending`
 */
export async function spendCredits(
  tx: Transaction,
  wanted: {
    readonly walletId: string;
    readonly credits: bigint;
    readonly note: string | null;
    readonly spentBy: string;
    readonly spentOn: LocalDate;
  },
): Promise<Spent> {
  const [wallet] = await lockWallets(tx, [wanted.walletId]);
  if (wallet === undefined) throw new CodedError('wallet.not_found', 'Wallet not found.');
  if (wallet.status !== 'open')
    throw new CodedError(
      'wallet.not_open',
      `The wallet is ${wallet.status}: you cannot spend from it.`,
    );
  if (wallet.receivableMinor > 0n)
    throw new CodedError(
      'wallet.owes',
      'A deposit of this wallet was reversed after its credits were spent: the next deposit repays that debt first.',
    );
  if (wallet.credits < wanted.credits)
    throw new CodedError(
      'wallet.insufficient_credits',
      `The wallet has ${wallet.credits.toString()} credits, fewer than this spend needs.`,
    );
  const heldMinor = await findHeldMinor(tx, wanted.walletId);
  const spendable = spendableCredits(wallet, heldMinor);
  if (spendable < wanted.credits)
    throw new CodedError(
      'wallet.credits_pending',
      `The wallet may spend ${spendable.toString()} of its ${wallet.credits.toString()} credits: the others wait for the bank.`,
    );
  const spendId = newId('spend');
  const { journal, revenueMinor } = spend(wallet, {
    spendId,
    credits: wanted.credits,
    eventOn: wanted.spentOn,
  });
  await tx.execute(sql`
    insert into spends (id, wallet_id, credits, revenue_minor, note, spent_by, spent_on)
    values (${spendId}, ${wanted.walletId}, ${wanted.credits.toString()}::bigint, ${revenueMinor.toString()}::bigint,
            ${wanted.note}, ${wanted.spentBy}, ${wanted.spentOn}::date)`);
  await postJournals(tx, [journal], 'workflow');
  return { spendId, revenueMinor };
}
