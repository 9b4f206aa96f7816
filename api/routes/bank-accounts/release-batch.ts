import { z } from 'zod';
import { releaseBatch } from '../../../app/capture/release-batch.ts';
import { findBankAccount } from '../../../db/queries/bank-accounts.ts';
import { listDepositWorkflows } from '../../../db/queries/deposit-workflows.ts';
import { CodedError } from '../../../domain/errors.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { accountKey, day, depositId, noQuery, plainText } from '../../schemas/wire.ts';

const body = named(
  'BatchRelease',
  z.strictObject({
    bookingDate: day,
    reason: plainText(1_000).meta({
      description: 'Why (kept permanently in the audit trail).',
    }),
  }),
  {
    description: 'The day whose credits are new, and why.',
    example: {
      bookingDate: '2026-11-21',
      reason: 'The statement shows both batches: these customers pay every day.',
    },
  },
);

const releasedSchema = named(
  'ReleasedBatch',
  z.strictObject({ account: accountKey, bookingDate: day, depositIds: z.array(depositId) }),
  {
    description: 'The deposits that were held; each is credited by its own code now.',
    example: {
      account: 'fnb-main',
      bookingDate: '2026-11-21',
      depositIds: ['dep_019ab3c4d5e67f8091a2b3c4d5e6f708'],
    },
  },
);

export function releaseBatchRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/bank-accounts/:key/release-batch',
    config: needs('review:decide'),
    schema: {
      operationId: 'releaseBatch',
      tags: ['bank-accounts'],
      summary: 'Credit a day’s batch that was held because it looked like an earlier day’s',
      description:
        'Needs a person’s key. Only holds of `possible_duplicate` without a single other line end.',
      headers: idempotencyHeaders,
      params: z.strictObject({ key: accountKey }),
      querystring: noQuery,
      body,
      response: {
        200: releasedSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'account.not_found',
        ),
      },
    },
    handler: async (request, reply) => {
      const { bookingDate, reason } = request.body;
      const { key } = request.params;
      let released: readonly string[] = [];
      const given = await answerOnce(deps, request, async (tx) => {
        const found = await findBankAccount(tx, key);
        if (found === null) throw new CodedError('account.not_found', 'Bank account not found.');
        released = await releaseBatch(tx, {
          accountKey: found.key,
          day: parseLocalDate(bookingDate),
          reason,
        });
        return {
          status: 200,
          body: { account: found.key, bookingDate, depositIds: [...released] },
        };
      });
      // Where Temporal cannot be reached, the next read or the sweep wakes them.
      await deps.temporal.wakeDeposits(await listDepositWorkflows(deps.database.db, released), {
        reason: 'cause_gone',
      });
      return sendAnswer(reply, given);
    },
  });
}
