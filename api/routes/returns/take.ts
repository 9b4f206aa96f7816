import { z } from 'zod';
import { newId } from '../../../db/new-id.ts';
import { takeDueReturns } from '../../../db/queries/returns.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { noBody, noQuery, returnExportId } from '../../schemas/wire.ts';

/** As many as are in one file. */
export const FILE_ROWS_MAX = 1_000;

export function takeReturnsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/returns/exports',
    config: needs('return:export'),
    schema: {
      tags: ['returns'],
      summary: 'Put the returns that are due into a payment instruction file',
      description: `Each return is in one file only, so that nobody is paid twice; a file has up to ${FILE_ROWS_MAX}. Read it with GET /v1/returns/export.`,
      headers: idempotencyHeaders,
      querystring: noQuery,
      body: noBody,
      response: {
        200: z.strictObject({
          exportId: returnExportId.nullable().meta({ description: 'Null where nothing is due.' }),
          returns: z.int().min(0),
        }),
        ...writeProblems('request.idempotency_key_missing', 'request.key_reused'),
      },
    },
    handler: async (request, reply) => {
      const { keyId: takenBy } = principalOf(request);
      const taken = await answerOnce(deps, request, async (tx) => {
        const exportId = newId('returnExport');
        const returns = await takeDueReturns(tx, { exportId, takenBy, limit: FILE_ROWS_MAX });
        return { status: 200, body: { exportId: returns === 0 ? null : exportId, returns } };
      });
      return sendAnswer(reply, taken);
    },
  });
}
