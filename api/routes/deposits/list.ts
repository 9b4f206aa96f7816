import { listDeposits } from '../../../db/queries/deposits-read.ts';
import { decodePlace, encodePlace, toPage } from '../../schemas/cursor.ts';
import { reachOf } from '../../auth/bounds.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { depositSchema, depositState, toDeposit } from '../../outputs/deposit.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { accountKey, pageQuery } from '../../schemas/wire.ts';

const page = namedPage('DepositPage', depositSchema);

export function listDepositsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/deposits',
    config: needs('deposit:read', { by: 'filter' }),
    schema: {
      operationId: 'listDeposits',
      tags: ['deposits'],
      summary: 'List deposits, newest first',
      querystring: pageQuery.extend({
        state: depositState.optional(),
        account: accountKey.optional(),
      }),
      response: { 200: page, ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, state, account } = request.query;
      const rows = await listDeposits(deps.database.db, {
        state: state ?? null,
        accountKey: account ?? null,
        reach: reachOf(request),
        after: decodePlace(cursor),
        limit: limit + 1,
      });
      return toPage(
        rows,
        limit,
        (row) => toDeposit(row.deposit),
        (row) => encodePlace({ at: row.at, id: row.deposit.id }),
      );
    },
  });
}
