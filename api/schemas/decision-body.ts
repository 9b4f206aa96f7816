import { z } from 'zod';
import type { Proposed } from '../../app/decide/read-proposal.ts';
import { PARTS_MAX } from '../../domain/review/approval.ts';
import { named } from './named.ts';
import { customerCode, day, money, plainText, walletId } from './wire.ts';

const reason = plainText(1_000).meta({
  description: 'Why (kept permanently with the decision).',
});

/** A wallet, by its id or by its customer code. */
const walletName = z.strictObject({
  walletId: walletId.optional(),
  code: customerCode.optional(),
});
const isOneWallet = (wallet: z.infer<typeof walletName>) =>
  (wallet.walletId === undefined) !== (wallet.code === undefined);
const ONE_WALLET = 'needs either walletId or code';

/** The account that a return is paid to. */
export const payerBody = named(
  'PayerDetails',
  z.strictObject({
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
  }),
  {
    description: 'The account that a return is paid to.',
    example: { name: 'Thandi Nkosi', bank: 'First Bank', branch: '250655', account: '62001234567' },
  },
);

const creditBody = z
  .strictObject({
    kind: z.literal('credit'),
    ...walletName.shape,
    split: z
      .array(z.strictObject({ ...walletName.shape, amount: money }).refine(isOneWallet, ONE_WALLET))
      .min(2)
      .max(PARTS_MAX)
      .optional()
      .meta({
        description: 'Several wallets with their parts; the parts must add up to the deposit.',
      }),
    reason,
  })
  .refine(
    (credit) => (credit.split === undefined ? isOneWallet(credit) : !isNamed(credit)),
    'needs exactly one of walletId, code and split',
  )
  .meta({ id: 'CreditDecision', description: 'Credits one wallet, or several.' });

function isNamed(wallet: z.infer<typeof walletName>): boolean {
  return wallet.walletId !== undefined || wallet.code !== undefined;
}

const returnBody = z
  .strictObject({
    kind: z.literal('return'),
    payer: payerBody.optional().meta({
      description: 'Where to pay. Without it, the decision waits until a person adds it.',
    }),
    reason,
  })
  .meta({ id: 'ReturnDecision', description: 'Pays the money back.' });

const dismissBody = z
  .strictObject({ kind: z.literal('dismiss'), reason })
  .meta({ id: 'DismissDecision', description: 'Closes the review without crediting.' });

const keepBody = z
  .strictObject({
    kind: z.literal('keep'),
    until: day.meta({ description: 'The new deadline: the end of the working day on this date.' }),
    reason,
  })
  .meta({ id: 'KeepDecision', description: 'Sets a new deadline.' });

/** What a person decides about a review. */
export const decisionBody = named(
  'NewDecision',
  z.discriminatedUnion('kind', [creditBody, returnBody, dismissBody, keepBody]),
  {
    description: 'What you decide about a review.',
    example: {
      kind: 'credit',
      code: 'CUS00005724',
      reason: 'The payer confirmed the customer code.',
    },
  },
);
export type DecisionBody = z.infer<typeof decisionBody>;

/** A body as the proposal that it makes about a deposit. */
export function toProposed(depositId: string, body: DecisionBody): Proposed {
  const { reason } = body;
  switch (body.kind) {
    case 'credit': {
      const { walletId, code } = body;
      const parts = body.split?.map(({ amount, ...wallet }) => ({
        ...wallet,
        amountMinor: BigInt(amount.minor),
        currency: amount.currency,
      }));
      return { depositId, kind: 'credit', to: parts ?? { walletId, code }, reason };
    }
    case 'return':
      return { depositId, kind: 'return', payer: body.payer ?? null, reason };
    case 'dismiss':
      return { depositId, kind: 'dismiss', reason };
    case 'keep':
      return { depositId, kind: 'keep', until: body.until, reason };
  }
}

/** The correct wallet for a deposit credited to the wrong one. */
export const correctionBody = named(
  'NewCorrection',
  z.strictObject({ ...walletName.shape, reason }).refine(isOneWallet, ONE_WALLET),
  {
    description: 'The correct wallet.',
    example: { code: 'CUS00005724', reason: 'The payer meant their other account.' },
  },
);

export const approvalBody = named(
  'Approval',
  z.strictObject({
    payloadSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: '`payloadSha256` of the decision that you approve.' }),
  }),
  {
    description: 'What you approve.',
    example: { payloadSha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9' },
  },
);

/** The body of a decision whose other facts are in the rows. */
export const reasonBody = named('Reason', z.strictObject({ reason }), {
  description: 'Why.',
  example: { reason: 'The bank confirmed it in writing.' },
});
