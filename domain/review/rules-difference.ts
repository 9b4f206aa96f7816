/** What became of a deposit. A credit that the bank took back later counts as the credit that it was. */
export type WhatHappened =
  | {
      readonly kind: 'credited';
      readonly by: 'code' | 'person';
      readonly walletIds: readonly string[];
    }
  | { readonly kind: 'returned' | 'dismissed' }
  /** The bank took it back before anybody was credited. */
  | { readonly kind: 'reversed' }
  | { readonly kind: 'waiting' };

/** Where a backtest would put a deposit. The code of another revision may have reasons that this one lacks. */
export type Decided =
  | { readonly kind: 'wallet'; readonly walletId: string }
  | { readonly kind: 'review'; readonly reason: string };

/** How rules would have differed from what happened. */
export const RULE_DIFFERENCES = [
  'same',
  'as_person',
  'credits_waiting',
  'holds_credited',
  'other_wallet',
  'credits_refused',
] as const;

export type RuleDifference = (typeof RULE_DIFFERENCES)[number];

const SENTENCES: Readonly<Record<RuleDifference, string>> = {
  same: 'would end as they did',
  as_person: 'would be credited to the wallet that a person chose',
  credits_waiting: 'would be credited, and nobody has been',
  holds_credited: 'were credited by their code, and would wait for a person',
  other_wallet: 'would be credited to another wallet',
  credits_refused: 'would be credited, although a person returned or dismissed them',
};

export function differenceInWords(difference: RuleDifference): string {
  return SENTENCES[difference];
}

/** Differences that put money where people, or the rules of that day, did not want it. */
export function isWrong(difference: RuleDifference): boolean {
  return difference === 'other_wallet' || difference === 'credits_refused';
}

/** Holds what rules would do against what happened. */
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
