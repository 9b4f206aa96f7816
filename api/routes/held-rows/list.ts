import { listWaitingRows } from '../../../db/queries/held-rows.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { heldRowSchema, toHeldRow } from '../../outputs/held-row.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { accountKey, pageQuery } from '../../schemas/wire.ts';

const page = namedPage('HeldRowPage', heldRowSchema);

export function listHeldRowsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/held-rows',
    config: needs('review:read'),
    schema: {
      operationId: 'listHeldRows',
      tags: ['held-rows'],
      summary: 'List rows of the bank that wait because they may be known lines',
      description: 'In the order in which they came. Later reads settle each of them.',
      querystring: pageQuery.extend({ account: accountKey.optional() }),
      response: { 200: page, ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, account } = request.query;
      const rows = await listWaitingRows(deps.database.db, {
        accountKey: account ?? null,
        afterId: decodeNumber(cursor),
        limit: limit + 1,
      });
      const isMasked = !principalOf(request).scopes.has('review:decide');
      return toPage(
        rows,
        limit,
        (row) => toHeldRow(row, isMasked),
        (row) => encodeNumber(BigInt(row.id)),
      );
    },
  });
}
