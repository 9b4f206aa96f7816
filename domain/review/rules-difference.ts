/** The actual result of a deposit. A credit that the bank took back later still counts as a credit. */
export type WhatHappened =
  | {
      readonly kind: 'credited';
      readonly by: 'code' | 'person';
      readonly walletIds: readonly string[];
    }
  | { readonly kind: 'returned' | 'dismissed' }
  /** The bank took it back before it was credited. */
  | { readonly kind: 'reversed' }
  | { readonly kind: 'waiting' };

/** The decision of a backtest. The code of another revision may have reasons that this one lacks. */
export type Decided =
  | { readonly kind: 'wallet'; readonly walletId: string }
  | { readonly kind: 'review'; readonly reason: string };

/** Every way in which rules may differ from the actual result. */
export const RULE_DIFFERENCES = [
  'same',
  'as_person',
  'credits_waiting',
  'holds_credited',
  'other_wallet',
  'credits_refused',
] as const;

export type RuleDifference = (typeof RULE_DIFFERENCES)[number];

/** Differences that would credit a wallet against the decision of a person or of the rules of that day. */
export function isWrong(difference: RuleDifference): boolean {
  return difference === 'other_wallet' || difference === 'credits_refused';
}

/** Compares a decision by rules with the actual result. */
export function differenceOf(happened: WhatHappened, decided: Decided): RuleDifference {
  const isCredit = happened.kind === 'credited';
  if (decided.kind === 'review')
    return isCredit && happened.by === 'code' ? 'holds_credited' : 'same';
  switch (happened.kind) {
    case 'credited':
      if (happened.walletIds.some((walletId) => walletId !== decided.walletId))
        return 'other_wallet';
      return happened.by === 'code' ? 'same' : 'as_person';
    case 'returned':
    case 'dismissed':
      return 'credits_refused';
    case 'reversed':
    case 'waiting':
      return 'credits_waiting';
  }
}
