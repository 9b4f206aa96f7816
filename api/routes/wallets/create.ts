import { z } from 'zod';
import { listLateOwned } from '../../../db/queries/late-owners.ts';
import { asCustomerCode } from '../../../domain/reference/customer-code.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { createWallet, drawCustomerNumber } from '../../../app/wallet/create-wallet.ts';
import { toWallet, walletSchema } from '../../outputs/wallet.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { customerCode, noQuery, plainText, walletId } from '../../schemas/wire.ts';

const body = named(
  'NewWallet',
  z.strictObject({
    externalRef: plainText(200)
      .optional()
      .meta({ description: 'Your id for the customer; must be unique.' }),
    name: plainText(200).optional(),
    legacyCode: customerCode.optional().meta({
      description:
        'A code that the customer already uses; also needs the scope wallet:register_code.',
    }),
  }),
  {
    description: 'A customer’s wallet. All fields are optional.',
    example: { externalRef: 'crm-4711', name: 'Thandi Nkosi' },
  },
);

const createdSchema = z.looseObject({ id: walletId });

export function createWalletRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/wallets',
    config: needs('wallet:create', { by: 'newWallet' }),
    schema: {
      operationId: 'createWallet',
      tags: ['wallets'],
      summary: 'Create a wallet',
      description:
        'Customers write the code of the wallet into their payment references. Its code is drawn at random, and nothing has named it before. Deposits that wait for a code are credited when you register that code as `legacyCode`.',
      headers: idempotencyHeaders,
      querystring: noQuery,
      body,
      response: {
        201: walletSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'wallet.code_taken',
          'wallet.codes_exhausted',
          'wallet.external_ref_taken',
        ),
      },
    },
    handler: async (request, reply) => {
      const { externalRef, name, legacyCode } = request.body;
      if (legacyCode !== undefined && !principalOf(request).scopes.has('wallet:register_code')) {
        throw new CodedError('auth.forbidden', 'This key lacks the scope wallet:register_code.');
      }
      const given = await answerOnce(deps, request, async (tx) => {
        const wanted = {
          externalRef: externalRef ?? null,
          name: name ?? null,
          legacyCode: legacyCode === undefined ? null : asCustomerCode(legacyCode),
          createdBy: principalOf(request).caller,
        };
        const wallet = await createWallet(tx, wanted, () => drawCustomerNumber(deps.codeSeries));
        return { status: 201, body: toWallet(wallet) };
      });
      // Deposits may arrive before their customer's wallet exists.
      const { id: walletId } = createdSchema.parse(given.body);
      await deps.temporal.wakeDeposits(
        await listLateOwned(deps.database.db, { walletId, limit: 200 }),
        { reason: 'late_owner' },
      );
      return sendAnswer(reply, given);
    },
  });
}
