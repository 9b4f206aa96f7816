import { z } from 'zod';
import { findWallet } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { createSocketChannel } from './channel.ts';
import type { NotificationHub } from './hub.ts';
import { notificationMessageSchema } from './notification.ts';
import { readProblems } from '../../schemas/problem.ts';
import { noQuery, walletId } from '../../schemas/wire.ts';

const params = z.strictObject({ id: walletId });

/** Live notifications of a wallet; key and wallet are checked before the connection is upgraded. */
export function streamNotificationsRoute(app: ApiApp, deps: ApiDeps, hub: NotificationHub): void {
  app.route({
    method: 'GET',
    url: '/v1/wallets/:id/events',
    config: needs('wallet:read', { by: 'wallet', in: 'params', field: 'id', tokens: true }),
    schema: {
      operationId: 'streamNotifications',
      tags: ['notifications'],
      summary: 'Receive the notifications of a wallet as they happen (WebSocket)',
      description:
        'Sends one message for each undelivered notification, then one for each new notification. A browser offers two protocols, `purser.events` and `purser.token.` with a wallet token after it; it is answered with the first.',
      params,
      querystring: noQuery,
      response: {
        101: {
          description: 'The messages of the WebSocket.',
          content: { 'application/json': { schema: notificationMessageSchema } },
        },
        ...readProblems('wallet.not_found'),
      },
    },
    preValidation: async (request) => {
      const { success, data } = params.safeParse(request.params);
      if (!success) return;
      const wallet = await findWallet(deps.database.db, data.id);
      if (wallet === null) throw new CodedError('wallet.not_found', 'Wallet not found.');
    },
    handler: () => {
      throw new CodedError(
        'request.invalid',
        'This address is a WebSocket: connect with an HTTP upgrade.',
      );
    },
    wsHandler: async (socket, request) => {
      await hub.connect(createSocketChannel(socket), {
        walletId: params.parse(request.params).id,
        caller: principalOf(request),
        afterId: null,
      });
    },
  });
}
