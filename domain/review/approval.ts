import type { ErrorCode } from '../errors.ts';
import type { LocalDate } from '../local-date.ts';

/** What a person may decide about a deposit. */
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

/** The states in which a deposit may be decided so. What the bank took back is taken back wherever its money lies. */
const DECIDABLE_IN = {
  credit: ['in_review'],
  return: ['in_review'],
  dismiss: ['in_review'],
  keep: ['in_review'],
  correct: ['credited'],
  take_back: ['captured', 'in_review', 'credited'],
  pair: ['captured', 'in_review', 'credited'],
} as const satisfies Record<DecisionKind, readonly ('captured' | 'in_review' | 'credited')[]>;

/** Whether a deposit in this state may be decided so. */
export function isDecidable(kind: DecisionKind, state: string): boolean {
  return DECIDABLE_IN[kind].some((each) => each === state);
}

/** Whether a deposit's review takes the decision; else it has a workflow of its own. */
export function isOfReview(kind: DecisionKind): boolean {
  return kind !== 'correct' && kind !== 'take_back' && kind !== 'pair';
}

export const DECISION_STATES = [
  'needs_payer_details',
  'proposed',
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

/** Where a return is to be paid. */
export interface PayerDetails {
  readonly name: string;
  readonly bank: string;
  /** Branch code or BIC; null where the bank needs none. */
  readonly branch: string | null;
  /** Account number or IBAN. */
  readonly account: string;
}

/** Exactly what a person proposes: whoever approves it approves this and nothing else. */
export interface DecisionPayload {
  readonly decisionId: string;
  readonly depositId: string;
  readonly kind: DecisionKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly keepUntil: LocalDate | null;
  /** The debit line that a `pair` says to reverse the deposit; null for all others. */
  readonly lineId: bigint | null;
  readonly payer: PayerDetails | null;
  readonly reason: string;
  readonly allocations: readonly Allocation[];
}

/** Who must agree, and how much one person may decide in a day. */
export interface ApprovalPolicy {
  /** A credit of more than this needs two people; minor units. */
  readonly fourEyesAboveMinor: bigint;
  /** Credits and returns that one person may take part in on one South African day; minor units. */
  readonly dailyLimitMinor: bigint;
  /** How long a proposal waits for its second person. */
  readonly approvalHours: number;
}

/** The most wallets that one deposit is split over. */
export const PARTS_MAX = 100;

const HOUR_MS = 3_600_000;

/**
 * The text whose hash an approval is bound to: a line for each field, in fixed order. No field holds a line break (texts
 * with control characters are refused at the edge), so different payloads never make the same text.
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

/** Whether a decision waits for a second person. Keeping moves no money; all else but a small credit takes two. */
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

/** Whether this kind counts against the daily limit of the people who decide it. */
export function countsAgainstLimit(kind: DecisionKind): boolean {
  return kind === 'credit' || kind === 'return';
}

/** How long a proposal waits before it lapses. */
export function waitsMs(policy: Pick<ApprovalPolicy, 'approvalHours'>): number {
  return policy.approvalHours * HOUR_MS;
}

/** What is wrong with a split, in words; null where it gives each cent of the deposit to one wallet. */
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
  /** Whoever gave the payer details of a return. */
  readonly payerPerson: string | null;
  readonly expiresAt: Date | null;
}

export type ApprovalRefusal = Extract<
  ErrorCode,
  'decision.expired' | 'decision.not_open' | 'decision.payload_changed' | 'decision.same_person'
>;

/** Why a person may not approve a proposal; null where that person may. Limits are looked at apart from this. */
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
