import { resumeAccount } from '../../../app/account/write-account.ts';
import { toAccountKey } from '../../../db/queries/bank-account-names.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, sendAnswer } from '../../idempotency.ts';
import { accountAnswer, stateChangeSchema } from './reason.ts';

export function resumeBankAccountRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/bank-accounts/:key/resumptions',
    config: needs('account:operate'),
    schema: {
      ...stateChangeSchema,
      operationId: 'resumeBankAccount',
      summary: 'Read a bank account again',
      description:
        'Needs a person’s key. The next read begins where the last one ended. It also ends a pause of the Schedule that was made in Temporal.',
    },
    handler: async (request, reply) => {
      const { key } = request.params;
      const given = await answerOnce(deps, request, async (tx) =>
        accountAnswer(await resumeAccount(tx, key)),
      );
      await deps.temporal.resumePoll(await toAccountKey(deps.database.db, key));
      return sendAnswer(reply, given);
    },
  });
}
