import { z } from 'zod';
import { recordedAnswer } from '../../decision-answer.ts';
import { correctionBody } from '../../schemas/decision-body.ts';
import { recordDecision } from '../../../app/decide/propose.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { acceptedSchema } from '../../outputs/decision.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { depositId, noQuery } from '../../schemas/wire.ts';

export function correctDepositRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/deposits/:id/corrections',
    config: needs('review:decide'),
    schema: {
      operationId: 'correctDeposit',
      tags: ['deposits'],
      summary: 'Propose to move a credit to the correct wallet',
      description:
        'Needs a person’s key. After a second person approves, the credit leaves the wrong wallet (spent credits become a debt there) and the correct wallet is credited.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: depositId }),
      querystring: noQuery,
      body: correctionBody,
      response: {
        202: acceptedSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'deposit.not_found',
          'deposit.not_credited',
          'wallet.not_found',
          'wallet.not_open',
          'decision.same_wallet',
          'decision.already_proposed',
        ),
      },
    },
    handler: async (request, reply) => {
      const { reason, ...to } = request.body;
      const proposed = { depositId: request.params.id, kind: 'correct', to, reason } as const;
      const principal = principalOf(request);
      const recorded = await answerOnce(deps, request, async (tx) =>
        recordedAnswer(await recordDecision(tx, deps, proposed, principal)),
      );
      return sendAnswer(reply, recorded);
    },
  });
}
