import { z } from 'zod';
import { listNotifications } from '../../../db/queries/notifications.ts';
import { findWallet } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { notificationSchema, toNotification } from './notification.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { pageQuery, walletId } from '../../schemas/wire.ts';

const page = namedPage('NotificationPage', notificationSchema);

export function listNotificationsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/wallets/:id/notifications',
    config: needs('wallet:read', { by: 'wallet', in: 'params', field: 'id', tokens: true }),
    schema: {
      operationId: 'listNotifications',
      tags: ['notifications'],
      summary: 'List the notifications of a wallet, newest first',
      params: z.strictObject({ id: walletId }),
      querystring: pageQuery,
      response: { 200: page, ...readProblems('wallet.not_found') },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const { db } = deps.database;
      const beforeId = decodeNumber(cursor);
      const wallet = await findWallet(db, request.params.id);
      if (wallet === null) throw new CodedError('wallet.not_found', 'Wallet not found.');
      const rows = await listNotifications(db, { walletId: wallet.id, beforeId, limit: limit + 1 });
      return toPage(rows, limit, toNotification, (row) => encodeNumber(row.id));
    },
  });
}
