import { z } from 'zod';
import { revokePayer } from '../../../db/queries/payer-memory.ts';
import { listHeldByPayer } from '../../../db/queries/rechecks.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { depositId, noQuery, plainText, walletId } from '../../schemas/wire.ts';

/** The sweep wakes the deposits beyond this number. */
const WOKEN_MAX = 100;

const body = named('PayerRemoval', z.strictObject({ depositId, reason: plainText(1_000) }), {
  description: 'A deposit of the payer, and why you remove them.',
  example: {
    depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
    reason: 'The payer now pays for another customer.',
  },
});

const forgottenSchema = named('RemovedPayer', z.strictObject({ walletId, depositId }), {
  description: 'The wallet, and the deposit whose payer was removed.',
  example: {
    walletId: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
    depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
  },
});

export function forgetPayerRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/wallets/:id/payer-memory/revocations',
    config: needs('review:decide'),
    schema: {
      operationId: 'forgetWalletPayer',
      tags: ['wallets'],
      summary: 'Remove a payer from the payer memory of a wallet',
      description:
        'Needs a person’s key. Removes the payer of the deposit that you name; credits do not change.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: walletId }),
      querystring: noQuery,
      body,
      response: {
        201: forgottenSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'deposit.not_found',
          'wallet.not_found',
        ),
      },
    },
    handler: async (request, reply) => {
      const given = await answerOnce(deps, request, async (tx) => {
        const revocation = {
          walletId: request.params.id,
          depositId: request.body.depositId,
          by: principalOf(request).keyId,
          reason: request.body.reason,
        };
        if (!(await revokePayer(tx, revocation)))
          throw new CodedError('deposit.not_found', 'Deposit not found.');
        return {
          status: 201,
          body: { walletId: revocation.walletId, depositId: revocation.depositId },
        };
      });
      const held = { depositId: request.body.depositId, limit: WOKEN_MAX };
      const freed = await listHeldByPayer(deps.database.db, held);
      await deps.temporal.wakeDeposits(freed, { reason: 'cause_gone' });
      return sendAnswer(reply, given);
    },
  });
}
