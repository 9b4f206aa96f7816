import { z } from 'zod';
import { refusePaused } from '../../../app/account/find-account.ts';
import { findBankAccount } from '../../../db/queries/bank-accounts.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { accountKey, noBody, noQuery } from '../../schemas/wire.ts';

const acceptedRunSchema = named(
  'AcceptedRun',
  z.strictObject({ account: accountKey, outcome: z.literal('accepted') }),
  {
    description: 'The run starts as soon as a worker is free.',
    example: { account: 'fnb-main', outcome: 'accepted' },
  },
);

/** Needs no Idempotency-Key: requests while a run waits are answered by the same run. */
export function reconcileBankAccountRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/bank-accounts/:key/reconcile',
    config: needs('run:start', { by: 'account', in: 'params', field: 'key' }),
    schema: {
      operationId: 'reconcileBankAccount',
      tags: ['bank-accounts'],
      summary: 'Read the bank account now',
      description: 'The run appears under `/v1/runs`. A request while a run waits joins that run.',
      params: z.strictObject({ key: accountKey }),
      querystring: noQuery,
      body: noBody,
      response: {
        202: acceptedRunSchema,
        ...writeProblems(
          'account.not_found',
          'account.not_polled',
          'account.paused',
          'temporal.unavailable',
        ),
      },
    },
    handler: async (request, reply) => {
      const { key } = request.params;
      if ((await findBankAccount(deps.database.db, key)) === null) {
        throw new CodedError('account.not_found', 'Bank account not found.');
      }
      await refusePaused(deps.database.db, key);
      await deps.temporal.triggerPoll(key);
      return reply.code(202).send({ account: key, outcome: 'accepted' });
    },
  });
}
