import { pauseAccount } from '../../../app/account/write-account.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, sendAnswer } from '../../idempotency.ts';
import { accountAnswer, stateChangeSchema } from './reason.ts';

export function pauseBankAccountRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/bank-accounts/:key/pauses',
    config: needs('account:operate'),
    schema: {
      ...stateChangeSchema,
      operationId: 'pauseBankAccount',
      summary: 'Stop reading a bank account',
      description:
        'Needs a person’s key. A read that runs ends. Webhooks and statement files are still taken, and deposits continue: a gate stops crediting.',
    },
    handler: async (request, reply) => {
      const asked = { name: request.params.key, because: request.body.reason };
      return sendAnswer(
        reply,
        await answerOnce(deps, request, async (tx) => accountAnswer(await pauseAccount(tx, asked))),
      );
    },
  });
}
