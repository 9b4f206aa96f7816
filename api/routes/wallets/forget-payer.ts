import { z } from 'zod';
import { revokePayer } from '../../../db/queries/payer-memory.ts';
import { listHeldByPayer } from '../../../db/queries/rechecks.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { depositId, noQuery, plainText, walletId } from '../../schemas/wire.ts';

/** More than this are woken by the sweep. */
const WOKEN_MAX = 100;

export function forgetPayerRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/wallets/:id/payer-memory/revocations',
    config: needs('review:decide'),
    schema: {
      tags: ['reviews'],
      summary: 'Forget that a payer was confirmed for a wallet',
      description:
        'Only for keys of persons. The payer is the one of the deposit that is named; credits stay as they are.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: walletId }),
      querystring: noQuery,
      body: z.strictObject({ depositId, reason: plainText(1_000) }),
      response: {
        201: z.strictObject({ walletId, depositId }),
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
          throw new CodedError('deposit.not_found', 'There is no such deposit.');
        return {
          status: 201,
          body: { walletId: revocation.walletId, depositId: revocation.depositId },
        };
      });
      const held = { depositId: request.body.depositId, limit: WOKEN_MAX };
      for (const ref of await listHeldByPayer(deps.database.db, held))
        await deps.temporal.wakeDeposit(ref, { reason: 'cause_gone' });
      return sendAnswer(reply, given);
    },
  });
}
