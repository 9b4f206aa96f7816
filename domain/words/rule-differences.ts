import type { RuleDifference } from '../review/rules-difference.ts';

const SENTENCES: Readonly<Record<RuleDifference, string>> = {
  same: 'would end as they did',
  as_person: 'would be credited to the wallet that a person chose',
  credits_waiting: 'would be credited, and nobody has been',
  holds_credited: 'were credited by their code, and would wait for a person',
  other_wallet: 'would be credited to another wallet',
  credits_refused: 'would be credited, although a person returned or dismissed them',
};

/** Completes a count of deposits: `12 would end as they did`. */
export function differenceInWords(difference: RuleDifference): string {
  return SENTENCES[difference];
}
