import { z } from 'zod';
import { findWallet } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import type { NotificationHub } from './hub.ts';
import { readProblems } from '../../schemas/problem.ts';
import { noQuery, walletId } from '../../schemas/wire.ts';

const params = z.strictObject({ id: walletId });

/** Live notifications of a wallet; key and wallet are checked before the connection is upgraded. */
export function walletEventsRoute(app: ApiApp, deps: ApiDeps, hub: NotificationHub): void {
  app.route({
    method: 'GET',
    url: '/v1/wallets/:id/events',
    config: needs('wallet:read'),
    schema: {
      tags: ['notifications'],
      summary: 'Notifications of a wallet as they happen (WebSocket)',
      description:
        'Sends `{ "type": "notification", "notification": { … } }` for each notification that was not delivered yet, then for each new one.',
      params,
      querystring: noQuery,
      response: readProblems('wallet.not_found'),
    },
    preValidation: async (request) => {
      const { success, data } = params.safeParse(request.params);
      if (!success) return;
      const wallet = await findWallet(deps.database.db, data.id);
      if (wallet === null) throw new CodedError('wallet.not_found', 'There is no such wallet.');
    },
    handler: () => {
      throw new CodedError(
        'request.invalid',
        'This address is a WebSocket: connect with an upgrade.',
      );
    },
    wsHandler: async (socket, request) => {
      await hub.connect(socket, {
        walletId: params.parse(request.params).id,
        keyId: principalOf(request).keyId,
      });
    },
  });
}
