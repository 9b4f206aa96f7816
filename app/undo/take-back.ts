import type { Transaction } from '../../db/client.ts';
import { findOriginJournal, listStandingCredits } from '../../db/queries/standing-credits.ts';
import {
  listRates,
  lockWallets,
  postJournals,
  type DepositFacts,
} from '../../db/queries/settlement.ts';
import { invariant } from '../../domain/invariant.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { JournalDraft, WalletBalances } from '../../domain/ledger/journal.ts';
import { settle } from '../../domain/ledger/settle.ts';
import {
  unwind,
  unwindUncredited,
  type StandingCredit,
  type Undoing,
} from '../../domain/ledger/unwind.ts';

/**
 * Undoes a deposit that the bank reversed or no longer shows: each of its credits that nothing has undone, or its money
 * in suspense. The caller has locked the deposit.
 */
export async function takeBack(
  tx: Transaction,
  deposit: DepositFacts,
  undoing: Extract<Undoing, { kind: 'reversal' | 'void' }>,
): Promise<void> {
  if (deposit.state !== 'credited') {
    const originId = await findOriginJournal(tx, deposit.depositId);
    await postJournals(tx, [unwindUncredited(deposit, originId, undoing)], 'workflow');
    return;
  }
  const credits = await listStandingCredits(tx, deposit.depositId);
  const wallets = await lockThese(
    tx,
    credits.map((credit) => credit.walletId),
  );
  await postJournals(tx, unwindAll(credits, wallets, undoing), 'workflow');
}

export type MoveCreditOutcome =
  'corrected' | 'same_wallet' | 'wallet_closed' | 'wallet_missing' | 'not_credited';

/**
 * Moves a credited deposit to another wallet: its present credits are undone, the spent part becomes a debt, and the
 * same rand is credited again. The caller has locked the deposit, and its transaction covers all of it. The unique keys
 * on undoings and generations make a repeat impossible.
 */
export async function moveCredit(
  tx: Transaction,
  deposit: DepositFacts,
  move: { readonly decisionId: string; readonly walletId: string; readonly eventOn: LocalDate },
): Promise<MoveCreditOutcome> {
  if (deposit.state !== 'credited') return 'not_credited';
  const standing = await listStandingCredits(tx, deposit.depositId);
  const wrong = standing.filter((credit) => credit.walletId !== move.walletId);
  if (wrong.length === 0) return 'same_wallet';
  const locked = await lockWallets(tx, [
    ...new Set([move.walletId, ...wrong.map((credit) => credit.walletId)]),
  ]);
  const target = locked.find((wallet) => wallet.walletId === move.walletId);
  if (target === undefined) return 'wallet_missing';
  if (target.status !== 'open') return 'wallet_closed';
  const balances = new Map<string, WalletBalances>(
    locked.map((wallet) => [wallet.walletId, wallet]),
  );
  const undone = unwindAll(wrong, balances, { kind: 'correction', ...move });
  const rates = await listRates(tx);
  const again = settle(
    wrong.map((credit) => ({
      depositId: credit.depositId,
      bankAccountKey: credit.bankAccountKey,
      walletId: move.walletId,
      amountMinor: credit.amountMinor,
      bookingDate: deposit.bookingDate,
      decisionId: move.decisionId,
      part: credit.part,
      generation: credit.generation + 1,
      eventOn: move.eventOn,
    })),
    [...balances.values()],
    rates,
  );
  await postJournals(tx, [...undone, ...again], 'workflow');
  return 'corrected';
}

/** Unwinds credits one after the other, each on the balances that the previous one left; updates `wallets`. */
function unwindAll(
  credits: readonly StandingCredit[],
  wallets: Map<string, WalletBalances>,
  undoing: Undoing,
): readonly JournalDraft[] {
  return credits.map((credit) => {
    const before = wallets.get(credit.walletId);
    invariant(
      before !== undefined,
      'A credit that nothing has undone names a wallet that does not exist.',
    );
    const journal = unwind(credit, before, undoing);
    if (journal.wallet !== null) wallets.set(credit.walletId, journal.wallet);
    return journal;
  });
}

async function lockThese(
  tx: Transaction,
  walletIds: readonly string[],
): Promise<Map<string, WalletBalances>> {
  const locked = await lockWallets(tx, [...new Set(walletIds)]);
  return new Map(locked.map((wallet) => [wallet.walletId, wallet]));
}
