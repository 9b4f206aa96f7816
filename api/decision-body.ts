import { z } from 'zod';
import { customerCode, plainText, walletId } from './wire.ts';

const reason = plainText(1_000).meta({ description: 'Why; kept for ever beside the decision.' });

/** What a person decides about a review. */
export const decisionBody = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('credit'),
      walletId: walletId.optional(),
      code: customerCode.optional(),
      reason,
    })
    .refine(
      (credit) => (credit.walletId === undefined) !== (credit.code === undefined),
      'needs either walletId or code',
    ),
  z.strictObject({ kind: z.literal('return'), reason }),
]);
export type DecisionBody = z.infer<typeof decisionBody>;
