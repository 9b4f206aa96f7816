import type { ErrorCode } from '../errors.ts';
import { OPEN_DEPOSIT_STATES, type DepositState } from '../ledger/deposit.ts';
import type { LocalDate } from '../local-date.ts';

/** Every kind of decision about a deposit. */
export const DECISION_KINDS = [
  'credit',
  'return',
  'dismiss',
  'keep',
  'correct',
  'take_back',
  'pair',
] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** The states in which each kind may be decided. A reversal is booked wherever the deposit's money lies. */
const DECIDABLE_IN: Readonly<Record<DecisionKind, readonly DepositState[]>> = {
  credit: ['in_review'],
  return: ['in_review'],
  dismiss: ['in_review'],
  keep: ['in_review'],
  correct: ['credited'],
  take_back: [...OPEN_DEPOSIT_STATES, 'credited'],
  pair: [...OPEN_DEPOSIT_STATES, 'credited'],
};

/** True if a deposit in this state allows this kind of decision. */
export function isDecidable(kind: DecisionKind, state: string): boolean {
  return DECIDABLE_IN[kind].some((each) => each === state);
}

/** Decisions that a deposit's review does not take: each runs in a workflow of its own. */
export const KINDS_BESIDE_REVIEW = [
  'correct',
  'take_back',
  'pair',
] as const satisfies readonly DecisionKind[];

/** True if the deposit's review takes the decision. */
export function isOfReview(kind: DecisionKind): boolean {
  return !KINDS_BESIDE_REVIEW.some((each) => each === kind);
}

/** Every result of carrying a decision out. */
export const DECISION_OUTCOMES = [
  'credited',
  'returned',
  'dismissed',
  'kept',
  'corrected',
  'taken_back',
  'paired',
  'refused',
] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

/** The outcome of a decision of each kind that was not refused. */
export const OUTCOME_OF = {
  credit: 'credited',
  return: 'returned',
  dismiss: 'dismissed',
  keep: 'kept',
  correct: 'corrected',
  take_back: 'taken_back',
  pair: 'paired',
} as const satisfies Record<DecisionKind, DecisionOutcome>;

/** A proposal in one of these states waits for a person; a deposit has one such proposal at most. */
export const OPEN_PROPOSAL_STATES = ['needs_payer_details', 'proposed'] as const;

export const DECISION_STATES = [
  ...OPEN_PROPOSAL_STATES,
  'approved',
  'rejected',
  'expired',
  'executed',
  'refused',
] as const;
export type DecisionState = (typeof DECISION_STATES)[number];

/** A part of a deposit for one wallet. */
export interface Allocation {
  readonly walletId: string;
  readonly amountMinor: bigint;
}

/** The bank account that a return is paid to. */
export interface PayerDetails {
  readonly name: string;
  readonly bank: string;
  /** Branch code or BIC; null where the bank needs none. */
  readonly branch: string | null;
  /** Account number or IBAN. */
  readonly account: string;
}

/** The content of a proposal: an approval is for exactly this. */
export interface DecisionPayload {
  readonly decisionId: string;
  readonly depositId: string;
  readonly kind: DecisionKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly keepUntil: LocalDate | null;
  /** For a `pair`, the debit line that reverses the deposit; null for all others. */
  readonly lineId: bigint | null;
  readonly payer: PayerDetails | null;
  readonly reason: string;
  readonly allocations: readonly Allocation[];
}

/** The limits above which a second person must agree, and a person's daily limit. */
export interface ApprovalPolicy {
  /**
   * A credit of more than this needs two people, and so does one that raises what one person decided alone for one
   * customer within a week above it; minor units.
   */
  readonly fourEyesAboveMinor: bigint;
  /**
   * Total of the credits and returns that one person may take part in on one business day; minor units. A single deposit
   * above it always needs two people, and counts against the total of neither.
   */
  readonly dailyLimitMinor: bigint;
  /** Hours that a proposal waits for its second person. */
  readonly approvalHours: number;
}

/** Most wallets that one deposit may be split over. */
export const PARTS_MAX = 100;

const HOUR_MS = 3_600_000;

/**
 * The text whose hash an approval is bound to: a line for each field, in fixed order. No field holds a line break (the API
 * refuses texts with control characters), so different payloads never make the same text.
 */
export function payloadText(payload: DecisionPayload): string {
  const { payer, allocations } = payload;
  return [
    'purser decision 1',
    payload.decisionId,
    payload.depositId,
    payload.kind,
    `${payload.amountMinor} ${payload.currency}`,
    payload.keepUntil ?? '',
    payer?.name ?? '',
    payer?.bank ?? '',
    payer?.branch ?? '',
    payer?.account ?? '',
    payload.reason,
    payload.lineId?.toString() ?? '',
    ...allocations.map(({ walletId, amountMinor }) => `${walletId} ${amountMinor}`),
  ].join('\n');
}

/**
 * True if a decision waits for a second person whoever made it: always, except to keep a deposit, which moves no money,
 * and for a small credit.
 */
export function needsApproval(
  decision: Pick<DecisionPayload, 'kind' | 'amountMinor'>,
  policy: Pick<ApprovalPolicy, 'fourEyesAboveMinor'>,
): boolean {
  switch (decision.kind) {
    case 'keep':
      return false;
    case 'credit':
      return decision.amountMinor > policy.fourEyesAboveMinor;
    case 'return':
    case 'dismiss':
    case 'correct':
    case 'take_back':
    case 'pair':
      return true;
  }
}

/** A wallet's part of a credit, with what one person has decided alone for its customer within a week. */
export interface AloneShare {
  /** The customer, who may have several wallets. */
  readonly customer: string;
  readonly amountMinor: bigint;
  readonly decidedAloneMinor: bigint;
}

/** True if a credit that is small by itself needs a second person, since it adds up with others to more than one may decide. */
export function addsUpAboveFourEyes(
  shares: readonly AloneShare[],
  policy: Pick<ApprovalPolicy, 'fourEyesAboveMinor'>,
): boolean {
  const sums = new Map<string, bigint>();
  for (const { customer, amountMinor, decidedAloneMinor } of shares)
    sums.set(customer, (sums.get(customer) ?? decidedAloneMinor) + amountMinor);
  return [...sums.values()].some((sum) => sum > policy.fourEyesAboveMinor);
}

/** Kinds that count against the daily limit of the people who decide them. */
export const LIMITED_KINDS = ['credit', 'return'] as const satisfies readonly DecisionKind[];

/**
 * How the daily limit treats a decision: `counted` against the total of each person, `large` where it is above the limit
 * by itself (two people decide it, beside their totals), or `free` where it pays nobody.
 */
export function limitOf(
  decision: Pick<DecisionPayload, 'kind' | 'amountMinor'>,
  policy: Pick<ApprovalPolicy, 'dailyLimitMinor'>,
): 'counted' | 'large' | 'free' {
  if (!LIMITED_KINDS.some((each) => each === decision.kind)) return 'free';
  return decision.amountMinor > policy.dailyLimitMinor ? 'large' : 'counted';
}

/** The time after which a proposal expires. */
export function waitsMs(policy: Pick<ApprovalPolicy, 'approvalHours'>): number {
  return policy.approvalHours * HOUR_MS;
}

/** The fault of a split, in words; null where it gives each cent of the deposit to one wallet. */
export function splitFault(amountMinor: bigint, parts: readonly Allocation[]): string | null {
  if (parts.length === 0 || parts.length > PARTS_MAX)
    return `A split has 1 to ${PARTS_MAX} parts, this one has ${parts.length}.`;
  if (parts.some((part) => part.amountMinor <= 0n)) return 'A part of the split is not above zero.';
  if (new Set(parts.map((part) => part.walletId)).size < parts.length)
    return 'The split names a wallet twice: add its parts up.';
  const sum = parts.reduce((total, part) => total + part.amountMinor, 0n);
  return sum === amountMinor
    ? null
    : `The parts add up to ${sum} minor units, the deposit has ${amountMinor}.`;
}

/** A decision as far as its approval depends on it. */
export interface Proposal {
  readonly state: DecisionState;
  readonly payloadSha256: string | null;
  readonly proposedPerson: string;
  /** The person who gave the payer details of a return. */
  readonly payerPerson: string | null;
  readonly expiresAt: Date | null;
}

export type ApprovalRefusal = Extract<
  ErrorCode,
  'decision.expired' | 'decision.not_open' | 'decision.payload_changed' | 'decision.same_person'
>;

/** The reason why a person may not approve a proposal; null where that person may. Limits are checked elsewhere. */
export function refusalToApprove(
  proposal: Proposal,
  approval: { readonly person: string; readonly payloadSha256: string; readonly now: Date },
): ApprovalRefusal | null {
  if (proposal.state === 'expired') return 'decision.expired';
  if (proposal.state !== 'proposed') return 'decision.not_open';
  if (proposal.expiresAt !== null && proposal.expiresAt <= approval.now) return 'decision.expired';
  if (approval.person === proposal.proposedPerson || approval.person === proposal.payerPerson)
    return 'decision.same_person';
  return proposal.payloadSha256 === approval.payloadSha256 ? null : 'decision.payload_changed';
}
