import { z } from 'zod';
import { listLateOwned } from '../../../db/queries/late-owners.ts';
import { findWallet, setWalletStatus } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { invariant } from '../../../domain/invariant.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { toWallet, walletSchema, walletStatus } from '../../outputs/wallet.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { noQuery, plainText, walletId } from '../../schemas/wire.ts';

const body = named(
  'WalletStatusChange',
  z.strictObject({ status: walletStatus, reason: plainText(1_000) }),
  {
    description: 'The new status, and why.',
    example: { status: 'frozen', reason: 'The customer reported a stolen phone.' },
  },
);

export function changeWalletStatusRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/wallets/:id/status',
    config: needs('wallet:operate'),
    schema: {
      operationId: 'changeWalletStatus',
      tags: ['wallets'],
      summary: 'Open, freeze or close a wallet',
      description:
        'Needs a person’s key. Opening a wallet credits it with the deposits in review that name its code.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: walletId }),
      querystring: noQuery,
      body,
      response: {
        200: walletSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'wallet.not_found',
        ),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const given = await answerOnce(deps, request, async (tx) => {
        if (!(await setWalletStatus(tx, id, request.body.status)))
          throw new CodedError('wallet.not_found', 'Wallet not found.');
        const wallet = await findWallet(tx, id);
        invariant(wallet !== null, 'A wallet that was changed a moment ago is gone.');
        return { status: 200, body: toWallet(wallet) };
      });
      if (request.body.status === 'open')
        await deps.temporal.wakeDeposits(
          await listLateOwned(deps.database.db, { walletId: id, limit: 200 }),
          { reason: 'late_owner' },
        );
      return sendAnswer(reply, given);
    },
  });
}
