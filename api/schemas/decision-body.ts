import { z } from 'zod';
import { PARTS_MAX } from '../../domain/review/approval.ts';
import { customerCode, day, money, plainText, walletId } from './wire.ts';

const reason = plainText(1_000).meta({ description: 'Why; kept for ever beside the decision.' });

/** A wallet, by its id or by its customer code. */
const walletName = z.strictObject({
  walletId: walletId.optional(),
  code: customerCode.optional(),
});
const isOneWallet = (named: z.infer<typeof walletName>) =>
  (named.walletId === undefined) !== (named.code === undefined);
const ONE_WALLET = 'needs either walletId or code';

/** Where a return is paid to. */
export const payerBody = z.strictObject({
  name: plainText(140).meta({ description: 'The holder of the account.' }),
  bank: plainText(100),
  branch: z
    .string()
    .regex(/^[0-9A-Z]{4,11}$/)
    .nullable()
    .default(null)
    .meta({ description: 'Branch code or BIC.', examples: ['250655'] }),
  account: z
    .string()
    .regex(/^[0-9A-Z]{4,34}$/)
    .meta({ description: 'Account number or IBAN, without blanks.', examples: ['62001234567'] }),
});

const creditBody = z
  .strictObject({
    kind: z.literal('credit'),
    ...walletName.shape,
    split: z
      .array(
        z
          .strictObject({ ...walletName.shape, amount: z.strictObject(money.shape) })
          .refine(isOneWallet, ONE_WALLET),
      )
      .min(2)
      .max(PARTS_MAX)
      .optional()
      .meta({
        description: 'Several wallets, each with its part; together the deposit to the cent.',
      }),
    reason,
  })
  .refine(
    (credit) => (credit.split === undefined ? isOneWallet(credit) : !isNamed(credit)),
    'needs walletId, code or split, one of them',
  );

function isNamed(named: z.infer<typeof walletName>): boolean {
  return named.walletId !== undefined || named.code !== undefined;
}

/** What a person decides about a review. */
export const decisionBody = z.discriminatedUnion('kind', [
  creditBody,
  z.strictObject({
    kind: z.literal('return'),
    payer: payerBody.optional().meta({
      description: 'Where to pay to. Without it the decision waits until somebody adds it.',
    }),
    reason,
  }),
  z.strictObject({ kind: z.literal('dismiss'), reason }),
  z.strictObject({
    kind: z.literal('keep'),
    until: day.meta({ description: 'The new deadline: the end of the working day of this day.' }),
    reason,
  }),
]);
export type DecisionBody = z.infer<typeof decisionBody>;

/** Whose a credited deposit is in truth. */
export const correctionBody = z
  .strictObject({ ...walletName.shape, reason })
  .refine(isOneWallet, ONE_WALLET);
export type CorrectionBody = z.infer<typeof correctionBody>;

export const approvalBody = z.strictObject({
  payloadSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'The hash of what is approved, as the decision states it.' }),
});

/** All that is said about a decision whose facts the rows have. */
export const reasonBody = z.strictObject({ reason });
export type ReasonBody = z.infer<typeof reasonBody>;
