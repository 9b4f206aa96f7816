import { z } from 'zod';
import { listAlerts, refreshAlerts } from '../../../db/queries/alerts/alerts.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { alertSchema, toAlert } from '../../outputs/alert.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { pageQuery } from '../../schemas/wire.ts';

const page = namedPage('AlertPage', alertSchema);

export function listAlertsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/alerts',
    config: needs('status:read'),
    schema: {
      operationId: 'listAlerts',
      tags: ['alerts'],
      summary: 'List what a person must know, newest first',
      description: 'Every condition is looked at before the list is read.',
      querystring: pageQuery.extend({
        state: z.enum(['standing', 'cleared', 'all']).default('standing'),
      }),
      response: { 200: page, ...readProblems() },
    },
    handler: async (request) => {
      const { cursor, limit, state } = request.query;
      const { db } = deps.database;
      const beforeId = decodeNumber(cursor);
      await refreshAlerts(db);
      const rows = await listAlerts(db, {
        isStanding: state === 'all' ? null : state === 'standing',
        beforeId,
        limit: limit + 1,
      });
      return toPage(rows, limit, toAlert, (row) => encodeNumber(row.id));
    },
  });
}
