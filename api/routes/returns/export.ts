import { z } from 'zod';
import { listReturns } from '../../../db/queries/returns.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { instructionFile, printInstructions } from './return.ts';
import { readProblems } from '../../schemas/problem.ts';
import { returnExportId } from '../../schemas/wire.ts';
import { FILE_ROWS_MAX } from './take.ts';

export function exportReturnsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/returns/export',
    config: needs('return:export'),
    schema: {
      operationId: 'exportReturns',
      tags: ['returns'],
      summary: 'Download a payment instruction file (CSV)',
      description:
        'With `export`, the file of that id, the same each time. Without it, a preview of the returns that are due and in no file yet; do not pay from a preview. Texts that a spreadsheet would run as a formula begin with an apostrophe.',
      produces: ['text/csv'],
      querystring: z.strictObject({ export: returnExportId.optional() }),
      response: {
        200: {
          description: 'One row for each return, oldest first.',
          content: { 'text/csv': { schema: instructionFile } },
        },
        ...readProblems(),
      },
    },
    handler: async (request, reply) => {
      const { export: exportId } = request.query;
      const rows = await listReturns(deps.database.db, {
        exportId: exportId ?? null,
        state: exportId === undefined ? 'due' : null,
        after: null,
        limit: FILE_ROWS_MAX,
      });
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${exportId ?? 'due-returns'}.csv"`)
        .send(printInstructions(rows));
    },
  });
}
