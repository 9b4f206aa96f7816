import { z } from 'zod';
import { newId } from '../../../db/new-id.ts';
import { takeDueReturns } from '../../../db/queries/returns.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { noBody, noQuery, returnExportId } from '../../schemas/wire.ts';

/** The most returns in one file. */
export const FILE_ROWS_MAX = 1_000;

const exportSchema = named(
  'ReturnExport',
  z.strictObject({
    exportId: returnExportId.nullable().meta({ description: 'Null if nothing is due.' }),
    returns: z.int().min(0),
  }),
  {
    description: 'A payment instruction file, and how many returns it holds.',
    example: { exportId: 'rex_019ab3c4d5e67f8091a2b3c4d5e6f708', returns: 3 },
  },
);

export function takeReturnsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/returns/exports',
    config: needs('return:export'),
    schema: {
      operationId: 'takeReturns',
      tags: ['returns'],
      summary: 'Put the due returns into a payment instruction file',
      description: `Each return goes into one file only, so that no payer is paid twice. A file holds up to ${FILE_ROWS_MAX} returns; download it with GET /v1/returns/export.`,
      headers: idempotencyHeaders,
      querystring: noQuery,
      body: noBody,
      response: {
        200: exportSchema,
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
