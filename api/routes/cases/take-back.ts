import { recordDecision } from '../../../app/decide/propose.ts';
import { CodedError } from '../../../domain/errors.ts';
import { recordedAnswer } from '../../decision-answer.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { reasonBody } from '../../schemas/decision-body.ts';
import { noQuery } from '../../schemas/wire.ts';
import { caseParams, caseResponses, openCase } from './open-case.ts';

export function takeBackCaseRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/cases/:id/take-back',
    config: needs('review:decide'),
    schema: {
      operationId: 'takeBackCase',
      tags: ['cases'],
      summary: 'Propose to take back a deposit whose line was removed',
      description:
        'Needs a person’s key and a `line_vanished` case. After a second person approves, the credit leaves its wallet (spent credits become a debt), the customer is notified, and the case closes. If the bank shows the line again, the deposit re-opens.',
      headers: idempotencyHeaders,
      params: caseParams,
      querystring: noQuery,
      body: reasonBody,
      response: caseResponses(),
    },
    handler: async (request, reply) => {
      const { reason } = request.body;
      const recorded = await answerOnce(deps, request, async (tx) => {
        const found = await openCase(tx, request.params.id, 'line_vanished');
        if (found.depositId === null)
          throw new CodedError('case.wrong_kind', 'The line of this case is not a deposit.');
        const proposed = { depositId: found.depositId, kind: 'take_back', reason } as const;
        return recordedAnswer(await recordDecision(tx, deps, proposed, principalOf(request)));
      });
      return sendAnswer(reply, recorded);
    },
  });
}
