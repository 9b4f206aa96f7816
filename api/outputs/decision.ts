import { z } from 'zod';
import type { Decision } from '../../db/queries/decisions.ts';
import { DECISION_KINDS, DECISION_STATES, type Allocation } from '../../domain/review/approval.ts';
import {
  day,
  decisionId,
  depositId,
  digits,
  instant,
  money,
  toInstant,
  toInstantOrNull,
  toMoney,
  walletId,
} from '../schemas/wire.ts';

const maybeText = z.string().nullable();

const byPerson = z.strictObject({
  person: z.string(),
  keyId: maybeText.meta({ description: 'Null where Purser proposed it by itself.' }),
  at: instant,
});

export const decisionOutcome = z.enum([
  'credited',
  'returned',
  'dismissed',
  'kept',
  'corrected',
  'taken_back',
  'paired',
  'refused',
]);

export const decisionSchema = z.strictObject({
  id: decisionId,
  depositId,
  kind: z.enum(DECISION_KINDS),
  state: z.enum(DECISION_STATES).meta({
    description:
      '`needs_payer_details` and `proposed` wait for a person, `approved` for its workflow; the others are final.',
  }),
  amount: money,
  allocations: z.array(z.strictObject({ walletId, amount: money })),
  payer: z
    .strictObject({ name: z.string(), bank: z.string(), branch: maybeText, account: z.string() })
    .nullable(),
  keepUntil: day.nullable(),
  lineId: digits
    .nullable()
    .meta({ description: 'The debit line that a `pair` says to reverse the deposit.' }),
  reason: z.string(),
  payloadSha256: maybeText.meta({
    description: 'What an approval must name: it changes whenever anything of the decision does.',
  }),
  needsApproval: z.boolean(),
  expiresAt: instant.nullable(),
  proposed: byPerson,
  payerGiven: byPerson.nullable(),
  approved: byPerson.nullable(),
  rejected: byPerson.extend({ reason: z.string() }).nullable(),
  outcome: decisionOutcome.nullable().meta({ description: 'Null until it was tried.' }),
  refusal: maybeText.meta({ description: 'Why it was not carried out.' }),
  appliedAt: instant.nullable(),
});

export function toDecision(
  row: Decision,
  allocations: readonly Allocation[],
): z.infer<typeof decisionSchema> {
  const rejected = part(row.rejectedPerson, row.rejectedBy, row.rejectedAt);
  return {
    id: row.id,
    depositId: row.depositId,
    kind: row.kind,
    state: row.state,
    amount: toMoney(row.amountMinor, row.currency),
    allocations: allocations.map((each) => ({
      walletId: each.walletId,
      amount: toMoney(each.amountMinor, row.currency),
    })),
    payer: row.payer,
    keepUntil: row.keepUntil,
    lineId: row.lineId?.toString() ?? null,
    reason: row.reason,
    payloadSha256: row.payloadSha256,
    needsApproval: row.needsApproval,
    expiresAt: toInstantOrNull(row.expiresAt),
    proposed: {
      person: row.proposedPerson,
      keyId: row.proposedBy,
      at: toInstant(row.proposedAt),
    },
    payerGiven: part(row.payerPerson, row.payerBy, row.payerAt),
    approved: part(row.approvedPerson, row.approvedBy, row.approvedAt),
    rejected: rejected === null ? null : { ...rejected, reason: row.rejectedBecause ?? '' },
    outcome: row.outcome,
    refusal: row.refusal,
    appliedAt: toInstantOrNull(row.appliedAt),
  };
}

function part(
  person: string | null,
  keyId: string | null,
  at: Date | null,
): z.infer<typeof byPerson> | null {
  return person === null || at === null ? null : { person, keyId, at: toInstant(at) };
}

/** What is answered when a decision was carried out. */
export const outcomeSchema = z.strictObject({
  decisionId,
  outcome: decisionOutcome,
  refusal: z.string().nullable().meta({ description: 'Why a decision was not carried out.' }),
});

/** What is answered when a decision waits: for a second person, for bank details, or for its workflow. */
export const acceptedSchema = z.strictObject({
  decisionId,
  outcome: z.literal('accepted'),
  state: z.enum(['needs_payer_details', 'proposed', 'approved']).meta({
    description:
      '`approved`: it will be carried out; ask again with the same key, or read the decision.',
  }),
  payloadSha256: maybeText.meta({ description: 'What the second person approves.' }),
  expiresAt: instant.nullable(),
});
