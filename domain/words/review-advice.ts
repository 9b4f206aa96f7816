import type { ReviewReason } from '../review/review-reasons.ts';

/** One plain sentence for what happened and one for what to do. Fixed text: no reference, name or amount in it. */
export interface ReviewAdvice {
  readonly sentence: string;
  readonly nextStep: string;
}

const ADVICE: Readonly<Record<ReviewReason, ReviewAdvice>> = {
  no_reference: {
    sentence: 'The payment carries no customer code.',
    nextStep: 'Find out who paid, then credit that wallet or return the money.',
  },
  unknown_code: {
    sentence: 'The reference names a customer code that no wallet has.',
    nextStep: 'Ask the payer for the right code, then credit that wallet or return the money.',
  },
  bad_check_digit: {
    sentence: 'The customer code in the reference has a typing error: its check digit is wrong.',
    nextStep: 'Compare it with similar codes and ask the payer before you credit one.',
  },
  ambiguous: {
    sentence:
      'The reference names more than one customer code, or one that can be read in more than one way.',
    nextStep: 'Ask the payer which customer is meant, then credit that wallet.',
  },
  guess_only: {
    sentence: 'The reference holds something close to a customer code, but not an exact one.',
    nextStep: 'Check the suggested codes and credit the wallet that was meant.',
  },
  wallet_closed: {
    sentence: 'The customer code belongs to a wallet that is closed.',
    nextStep: 'Reopen the wallet, credit another one of the same customer, or return the money.',
  },
  wallet_frozen: {
    sentence: 'The customer code belongs to a wallet that an operator has frozen.',
    nextStep: 'Ask who froze the wallet and why; release it, or return the money.',
  },
  possible_duplicate: {
    sentence: 'The payment may be one that is booked already, here or in other words.',
    nextStep:
      'Look for both lines on the bank statement; credit this one only if the money came twice.',
  },
  edited_look_alike: {
    sentence:
      'The payment may be an earlier line that the bank moved or corrected: it shows that one no more.',
    nextStep: 'Ask the bank what it changed; credit this one only if both payments were made.',
  },
  id_reused: {
    sentence: 'The payment has the bank’s id of another line, but another day, amount or customer.',
    nextStep:
      'Ask the bank which of the two is right; credit this one only if it is a payment of its own.',
  },
  payer_conflict: {
    sentence: 'The payer is known for another customer than the reference names.',
    nextStep: 'Ask the payer which customer is meant, then credit that wallet.',
  },
  amount_over_limit: {
    sentence: 'The amount is above what this bank account may credit without a person.',
    nextStep: 'Check the payment with the payer or the bank, then credit the wallet.',
  },
  currency_mismatch: {
    sentence: 'The payment is in another currency than the bank account.',
    nextStep: 'Return the money, or credit the value that the bank booked in rand.',
  },
  proof_failed: {
    sentence: 'The balances of the statement do not agree with its lines.',
    nextStep: 'Get a correct statement from the bank and import it before you decide.',
  },
  proof_absent: {
    sentence: 'The source of this payment states no balance to prove it by.',
    nextStep: 'Find the payment on a statement of the bank, then credit the wallet.',
  },
  gate_closed: {
    sentence: 'Crediting is paused for this bank account.',
    nextStep: 'Clear the cause of the pause and open the gate; waiting deposits then go on.',
  },
  shadow: {
    sentence:
      'This bank account is on trial: Purser would have credited the customer that it names.',
    nextStep: 'Decide as if no code were suggested; your decision is compared with it afterwards.',
  },
  reversed: {
    sentence: 'The bank took this payment, or a part of it, back before it was credited.',
    nextStep:
      'Compare both lines with the bank statement; credit it only if the bank took back something else.',
  },
  reversal_unpaired: {
    sentence: 'The bank took a payment back, and no earlier payment was found that it belongs to.',
    nextStep: 'Find the earlier payment by amount and reference and pair the two.',
  },
  unreadable: {
    sentence: 'A part of the line that the bank sent cannot be read.',
    nextStep: 'Look at the original line, correct it with the bank, and decide by hand.',
  },
  poison: {
    sentence: 'The deposit failed again and again for a reason inside Purser.',
    nextStep: 'Read the recorded error, have the fault repaired, then try the deposit again.',
  },
};

/** The sentence and next step that a reviewer reads. */
export function adviceFor(reason: ReviewReason): ReviewAdvice {
  return ADVICE[reason];
}
