/** Every reason why a deposit waits for a person, in the order in which lists and counts show them. */
export const REVIEW_REASONS = [
  'no_reference',
  'unknown_code',
  'bad_check_digit',
  'ambiguous',
  'guess_only',
  'wallet_closed',
  'wallet_frozen',
  'possible_duplicate',
  'edited_look_alike',
  'id_reused',
  'payer_conflict',
  'amount_over_limit',
  'currency_mismatch',
  'proof_failed',
  'proof_absent',
  'gate_closed',
  'shadow',
  'reversed',
  'reversal_unpaired',
  'unreadable',
  'poison',
] as const;

export type ReviewReason = (typeof REVIEW_REASONS)[number];

/**
 * Reasons of deposits whose code no wallet has. They clear once somebody registers the code as one that the business gave
 * out before. A generated code never clears them: whoever happened to get it would receive a stranger's money.
 */
export const REASONS_WITHOUT_WALLET = [
  'unknown_code',
  // Most codes that were given out before Purser fail the check digit.
  'bad_check_digit',
] as const satisfies readonly ReviewReason[];

/** Reasons of deposits whose wallet may not receive them. They clear once it is opened again. */
export const REASONS_OF_STATUS = [
  'wallet_closed',
  'wallet_frozen',
] as const satisfies readonly ReviewReason[];

/** Reasons that clear once their cause outside the deposit is gone. */
export const REASONS_OF_CAUSES = [
  // The account's limit is raised.
  'amount_over_limit',
  // The payer is removed from payer memory.
  'payer_conflict',
  // The statement that its own continues arrives, or the bank's API shows the line.
  'proof_absent',
  // The reversal turns out to belong to another deposit.
  'reversed',
] as const satisfies readonly ReviewReason[];
export type ReasonOfCause = (typeof REASONS_OF_CAUSES)[number];

/** Reasons that clear once a read of the bank tells more. */
export const REASONS_OF_READS = [
  // A read shows the line beside the one that it might have been.
  'possible_duplicate',
  'edited_look_alike',
  'id_reused',
  // Another wording of the line names the customer.
  'no_reference',
  'guess_only',
] as const satisfies readonly ReviewReason[];

/**
 * Reasons that may clear while a deposit waits, with nothing in doubt about the deposit itself: it is then credited without
 * a person. A person must judge any other reason.
 */
export const CLEARABLE_REASONS: ReadonlySet<string> = new Set<ReviewReason>([
  ...REASONS_WITHOUT_WALLET,
  ...REASONS_OF_STATUS,
  ...REASONS_OF_CAUSES,
  ...REASONS_OF_READS,
]);
