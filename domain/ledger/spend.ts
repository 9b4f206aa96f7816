import { invariant } from '../invariant.ts';
import type { LocalDate } from '../local-date.ts';
import { divideFloor, ZAR } from '../money/money.ts';
import {
  CREDIT_UNIT,
  PLAIN_JOURNAL,
  withoutZeros,
  type JournalDraft,
  type WalletBalances,
} from './journal.ts';

/**
 * The most credits that a wallet may spend so that what it keeps, in rand, covers `heldMinor`: deposits that the bank has not
 * confirmed, or shows no longer.
 */
export function spendableCredits(
  wallet: Pick<WalletBalances, 'credits' | 'prepaidMinor' | 'remainderMinor'>,
  heldMinor: bigint,
): bigint {
  const { credits, prepaidMinor, remainderMinor } = wallet;
  const roomMinor = prepaidMinor + remainderMinor - heldMinor;
  if (heldMinor === 0n || roomMinor >= prepaidMinor) return credits;
  if (roomMinor < 0n) return 0n;
  // The largest n whose cost, rounded down as `spend` does, is not above the room.
  return divideFloor((roomMinor + 1n) * credits - 1n, prepaidMinor).quotient;
}

/**
 * Spends credits at their average cost; the last credit takes the rest, so that no cent is left over.
 * @throws InvariantViolation when the wallet has too few, or owes money: the caller refuses both first.
 */
export function spend(
  before: WalletBalances,
  given: { readonly spendId: string; readonly credits: bigint; readonly eventOn: LocalDate },
): { readonly journal: JournalDraft; readonly revenueMinor: bigint } {
  const { credits } = given;
  invariant(credits > 0n && credits <= before.credits, 'More credits were spent than there are.');
  invariant(before.receivableMinor === 0n, 'A wallet that owes money spent credits.');
  const revenueMinor =
    credits === before.credits
      ? before.prepaidMinor
      : divideFloor(before.prepaidMinor * credits, before.credits).quotient;
  const ofWallet = { bankAccountKey: null, walletId: before.walletId };
  const ofNobody = { bankAccountKey: null, walletId: null };
  return {
    revenueMinor,
    journal: {
      ...PLAIN_JOURNAL,
      kind: 'spend',
      depositId: null,
      spendId: given.spendId,
      eventOn: given.eventOn,
      wallet: {
        ...before,
        credits: before.credits - credits,
        prepaidMinor: before.prepaidMinor - revenueMinor,
        lastSeq: before.lastSeq + 1n,
      },
      credits,
      postings: withoutZeros([
        { account: 'wallet_prepaid', ...ofWallet, unit: ZAR, amount: revenueMinor },
        { account: 'revenue', ...ofNobody, unit: ZAR, amount: -revenueMinor },
        { account: 'wallet_credits', ...ofWallet, unit: CREDIT_UNIT, amount: credits },
        { account: 'credits_spent', ...ofNobody, unit: CREDIT_UNIT, amount: -credits },
      ]),
    },
  };
}
