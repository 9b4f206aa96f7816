import { z } from 'zod';
import { readStory } from '../../../app/decide/suggest-wallets.ts';
import { findDeposit } from '../../../db/queries/deposits-read.ts';
import { readSnapshot } from '../../../db/read-snapshot.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { toStory } from '../../outputs/deposit-story.ts';
import { storySchema } from '../../outputs/deposit-story-schema.ts';
import { readProblems } from '../../schemas/problem.ts';
import { depositId, noQuery } from '../../schemas/wire.ts';

export function getDepositRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/deposits/:id',
    config: needs('deposit:read', { by: 'deposit', in: 'params', field: 'id' }),
    schema: {
      operationId: 'getDeposit',
      tags: ['deposits'],
      summary: 'Read a deposit with its complete history, oldest first',
      params: z.strictObject({ id: depositId }),
      querystring: noQuery,
      response: { 200: storySchema, ...readProblems('deposit.not_found') },
    },
    handler: async (request) => {
      const { id } = request.params;
      // One snapshot for both reads: a deposit that is settled in between would contradict its own story.
      const found = await readSnapshot(deps.database.db, async (tx) => ({
        deposit: await findDeposit(tx, id),
        story: await readStory(tx, id),
      }));
      if (found.deposit === null || found.story === null) {
        throw new CodedError('deposit.not_found', 'Deposit not found.');
      }
      return toStory(found.deposit, found.story);
    },
  });
}
