import { listLineCases } from '../../../db/queries/line-cases.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { caseSchema, toCase } from '../../outputs/line-case.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { accountKey, pageQuery } from '../../schemas/wire.ts';
import { z } from 'zod';

const page = namedPage('LineCasePage', caseSchema);

export function listCasesRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/cases',
    config: needs('review:read'),
    schema: {
      operationId: 'listCases',
      tags: ['cases'],
      summary: 'List lines that the bank changed after capture, and rows that cannot be read',
      description: 'Newest first.',
      querystring: pageQuery.extend({
        account: accountKey.optional(),
        state: z.enum(['open', 'all']).optional().meta({ description: '`open` if not given.' }),
      }),
      response: { 200: page, ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, account, state } = request.query;
      const rows = await listLineCases(deps.database.db, {
        accountKey: account ?? null,
        isOpen: state !== 'all',
        beforeId: decodeNumber(cursor),
        limit: limit + 1,
      });
      const isMasked = !principalOf(request).scopes.has('review:decide');
      return toPage(
        rows,
        limit,
        (found) => toCase(found, isMasked),
        (found) => encodeNumber(found.row.id),
      );
    },
  });
}
