import { z } from 'zod';
import { listAuditEvents } from '../../../db/queries/audit-read.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { auditEventSchema, toAuditEvent } from '../../outputs/audit-event.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { pageQuery } from '../../schemas/wire.ts';

const subject = z
  .string()
  .regex(/^[a-z_]{1,40}:[!-~]{1,120}$/)
  .transform((text) => {
    const colon = text.indexOf(':');
    return { kind: text.slice(0, colon), id: text.slice(colon + 1) };
  })
  .optional()
  .meta({
    description: 'Kind and id of what was changed; all subjects if not given.',
    examples: ['deposit:dep_019ab3c4d5e67f8091a2b3c4d5e6f708', 'gate:fnb-main'],
  });

const page = namedPage('AuditEventPage', auditEventSchema);

export function listAuditEventsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/audit',
    config: needs('audit:read'),
    schema: {
      operationId: 'listAuditEvents',
      tags: ['audit'],
      summary: 'List who changed what, when and why, newest first',
      querystring: pageQuery.extend({ subject }),
      response: { 200: page, ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const rows = await listAuditEvents(deps.database.db, {
        subject: request.query.subject ?? null,
        after: decodeNumber(cursor),
        limit: limit + 1,
      });
      return toPage(rows, limit, toAuditEvent, (row) => encodeNumber(BigInt(row.id)));
    },
  });
}
