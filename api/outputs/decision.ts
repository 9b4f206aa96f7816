import { z } from 'zod';
import type { Decision } from '../../db/queries/decisions.ts';
import {
  DECISION_KINDS,
  DECISION_OUTCOMES,
  DECISION_STATES,
  type Allocation,
} from '../../domain/review/approval.ts';
import { named } from '../schemas/named.ts';
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
const SHA256_EXAMPLE = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';

const byPerson = named(
  'ByPerson',
  z.strictObject({
    person: z.string(),
    keyId: maybeText.meta({ description: 'Null if Purser proposed it.' }),
    at: instant,
  }),
  {
    description: 'Who did it, and when.',
    example: {
      person: 'thandi',
      keyId: 'key_019ab3c4d5e67f8091a2b3c4d5e6f708',
      at: '2026-11-20T10:31:00.000Z',
    },
  },
);

export const decisionOutcome = z
  .enum(DECISION_OUTCOMES)
  .meta({ id: 'DecisionOutcome', description: 'How a decision ended.' });

export const decisionKind = z
  .enum(DECISION_KINDS)
  .meta({ id: 'DecisionKind', description: 'What a person decides.' });

export const decisionState = z.enum(DECISION_STATES).meta({
  id: 'DecisionState',
  description:
    '`needs_payer_details` and `proposed` wait for a person, `approved` waits for its workflow; the others are final.',
});

export const decisionSchema = named(
  'Decision',
  z.strictObject({
    id: decisionId,
    depositId,
    kind: decisionKind,
    state: decisionState,
    amount: money,
    allocations: z.array(z.strictObject({ walletId, amount: money })),
    payer: z
      .strictObject({ name: z.string(), bank: z.string(), branch: maybeText, account: z.string() })
      .nullable(),
    keepUntil: day.nullable(),
    lineId: digits
      .nullable()
      .meta({ description: 'For a `pair`: the debit line that reverses the deposit.' }),
    reason: z.string(),
    payloadSha256: maybeText.meta({
      description: 'Send it in an approval. It changes with any part of the decision.',
    }),
    needsApproval: z.boolean(),
    expiresAt: instant.nullable(),
    proposed: byPerson,
    payerGiven: byPerson.nullable(),
    approved: byPerson.nullable(),
    rejected: byPerson.extend({ reason: z.string() }).nullable(),
    outcome: decisionOutcome.nullable().meta({ description: 'Null until it is tried.' }),
    refusal: maybeText.meta({ description: 'Why it was not carried out.' }),
    appliedAt: instant.nullable(),
  }),
  {
    description: 'A decision about a deposit, from proposal to outcome.',
    example: {
      id: 'dec_019ab3c4d5e67f8091a2b3c4d5e6f708',
      depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
      kind: 'credit',
      state: 'proposed',
      amount: { minor: '750000', currency: 'ZAR' },
      allocations: [
        {
          walletId: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
          amount: { minor: '750000', currency: 'ZAR' },
        },
      ],
      payer: null,
      keepUntil: null,
      lineId: null,
      reason: 'The payer confirmed the customer code.',
      payloadSha256: SHA256_EXAMPLE,
      needsApproval: true,
      expiresAt: '2026-11-23T10:31:00.000Z',
      proposed: {
        person: 'thandi',
        keyId: 'key_019ab3c4d5e67f8091a2b3c4d5e6f708',
        at: '2026-11-20T10:31:00.000Z',
      },
      payerGiven: null,
      approved: null,
      rejected: null,
      outcome: null,
      refusal: null,
      appliedAt: null,
    },
  },
);

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

/** The answer once a decision was carried out. */
export const outcomeSchema = named(
  'DecisionResult',
  z.strictObject({
    decisionId,
    outcome: decisionOutcome,
    refusal: z.string().nullable().meta({ description: 'Why a decision was not carried out.' }),
  }),
  {
    description: 'The decision was tried; `outcome` says how it ended.',
    example: {
      decisionId: 'dec_019ab3c4d5e67f8091a2b3c4d5e6f708',
      outcome: 'credited',
      refusal: null,
    },
  },
);

/** The answer while a decision waits for a second person, for bank details or for its workflow. */
export const acceptedSchema = named(
  'AcceptedDecision',
  z.strictObject({
    decisionId,
    outcome: z.literal('accepted'),
    state: z.enum(['needs_payer_details', 'proposed', 'approved']).meta({
      description:
        '`approved`: it is being carried out; repeat the request with the same key, or read the decision.',
    }),
    payloadSha256: maybeText.meta({ description: 'What the second person approves.' }),
    expiresAt: instant.nullable(),
  }),
  {
    description: 'The decision is stored and not carried out yet.',
    example: {
      decisionId: 'dec_019ab3c4d5e67f8091a2b3c4d5e6f708',
      outcome: 'accepted',
      state: 'proposed',
      payloadSha256: SHA256_EXAMPLE,
      expiresAt: '2026-11-23T10:31:00.000Z',
    },
  },
);
