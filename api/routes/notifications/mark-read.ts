import { z } from 'zod';
import { markRead } from '../../../db/queries/notifications.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { notificationSchema, toNotification } from './notification.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { noBody, noQuery, walletId } from '../../schemas/wire.ts';

const notificationId = z
  .string()
  .regex(/^[1-9][0-9]{0,17}$/)
  .meta({ examples: ['42'] });

/** Needs no Idempotency-Key: only the first request counts. */
export function markNotificationReadRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/wallets/:id/notifications/:notificationId/read',
    config: needs('notification:write', { by: 'wallet', in: 'params', field: 'id' }),
    schema: {
      operationId: 'markNotificationRead',
      tags: ['notifications'],
      summary: 'Mark a notification as read',
      description: 'Safe to repeat: the first time counts.',
      params: z.strictObject({ id: walletId, notificationId }),
      querystring: noQuery,
      body: noBody,
      response: {
        200: notificationSchema,
        ...writeProblems('notification.not_found', 'wallet.not_found'),
      },
    },
    handler: async (request) => {
      const marked = await markRead(deps.database.db, {
        walletId: request.params.id,
        id: BigInt(request.params.notificationId),
      });
      if (marked === null) {
        throw new CodedError('notification.not_found', 'Notification not found in this wallet.');
      }
      return toNotification(marked);
    },
  });
}
