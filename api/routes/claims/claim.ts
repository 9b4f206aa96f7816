import { z } from 'zod';
import type { Claim } from '../../../db/queries/claims.ts';
import { CodedError } from '../../../domain/errors.ts';
import { ZAR } from '../../../domain/money/money.ts';
import { named } from '../../schemas/named.ts';
import {
  claimId,
  day,
  depositId,
  instant,
  money,
  toInstant,
  toInstantOrNull,
  toMoney,
  walletId,
} from '../../schemas/wire.ts';

export const claimSchema = named(
  'Claim',
  z.strictObject({
    id: claimId,
    walletId,
    amount: money,
    paidOn: day,
    proofRef: z.string().nullable(),
    state: z.enum(['open', 'met', 'expired', 'withdrawn']),
    depositId: depositId.nullable().meta({ description: 'The credited deposit that it met.' }),
    madeAt: instant,
    expiresAt: instant,
    endedAt: instant.nullable(),
  }),
  {
    description: 'A customer’s statement that they have paid. It ranks suggestions only.',
    example: {
      id: 'clm_019ab3c4d5e67f8091a2b3c4d5e6f708',
      walletId: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
      amount: { minor: '27500', currency: 'ZAR' },
      paidOn: '2026-11-20',
      proofRef: 'ticket 4711',
      state: 'open',
      depositId: null,
      madeAt: '2026-11-20T10:30:00.000Z',
      expiresAt: '2026-12-20T10:30:00.000Z',
      endedAt: null,
    },
  },
);

export function toClaim(claim: Claim): z.infer<typeof claimSchema> {
  return {
    id: claim.id,
    walletId: claim.walletId,
    amount: toMoney(claim.amountMinor, ZAR),
    paidOn: claim.paidOn,
    proofRef: claim.proofRef,
    state: claim.state,
    depositId: claim.depositId,
    madeAt: toInstant(claim.madeAt),
    expiresAt: toInstant(claim.expiresAt),
    endedAt: toInstantOrNull(claim.endedAt),
  };
}

export function noSuchClaim(): CodedError {
  return new CodedError('claim.not_found', 'Claim not found.');
}
