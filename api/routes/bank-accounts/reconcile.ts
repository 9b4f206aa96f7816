import { z } from 'zod';
import { findBankAccount } from '../../../db/queries/bank-accounts.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { accountKey, noBody, noQuery } from '../../schemas/wire.ts';

/** Safe to repeat as it is: a run that is asked for while one waits is the same run, so no Idempotency-Key is asked for. */
export function reconcileBankAccountRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/bank-accounts/:key/reconcile',
    config: needs('run:start'),
    schema: {
      tags: ['runs'],
      summary: 'Read the bank account now; the run appears under /v1/runs',
      params: z.strictObject({ key: accountKey }),
      querystring: noQuery,
      body: noBody,
      response: {
        202: z.strictObject({ account: accountKey, outcome: z.literal('accepted') }),
        ...writeProblems('account.not_found', 'account.not_polled', 'temporal.unavailable'),
      },
    },
    handler: async (request, reply) => {
      const { key } = request.params;
      if ((await findBankAccount(deps.database.db, key)) === null) {
        throw new CodedError('account.not_found', 'There is no such bank account.');
      }
      await deps.temporal.triggerPoll(key);
      return reply.code(202).send({ account: key, outcome: 'accepted' });
    },
  });
}
