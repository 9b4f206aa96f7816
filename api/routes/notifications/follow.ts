import { z } from 'zod';
import { findWallet } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { readProblems } from '../../schemas/problem.ts';
import { noQuery, walletId } from '../../schemas/wire.ts';
import { createEventChannel } from './channel.ts';
import type { NotificationHub } from './hub.ts';

const EXAMPLE =
  'id: 42\ndata: {"type":"notification","notification":{"id":"42","kind":"deposit_credited"}}\n\n';

/** Fetched with `fetch`, which can send a header: an address would bring the token into logs. */
const headers = z.looseObject({
  'last-event-id': z
    .string()
    .regex(/^(0|[1-9][0-9]{0,17})$/)
    .optional()
    .meta({ description: 'The id of the last event that you have: what came after it is sent.' }),
});

/** Live notifications of a wallet where a WebSocket does not get through. */
export function followNotificationsRoute(app: ApiApp, deps: ApiDeps, hub: NotificationHub): void {
  app.route({
    method: 'GET',
    url: '/v1/wallets/:id/notifications/stream',
    config: needs('wallet:read', { by: 'wallet', in: 'params', field: 'id', tokens: true }),
    schema: {
      operationId: 'followNotifications',
      tags: ['notifications'],
      summary: 'Receive the notifications of a wallet as they happen (server-sent events)',
      description:
        'An event for each undelivered notification, or after `Last-Event-ID`, then one for each new notification; `data` is a NotificationMessage. `event: closed` comes last: get a new token if its reason is `ended`.',
      headers,
      params: z.strictObject({ id: walletId }),
      querystring: noQuery,
      response: {
        200: {
          description: 'The events, until you or Purser close the connection.',
          content: { 'text/event-stream': { schema: z.string().meta({ examples: [EXAMPLE] }) } },
        },
        ...readProblems('wallet.not_found'),
      },
    },
    handler: async (request, reply) => {
      const wallet = await findWallet(deps.database.db, request.params.id);
      if (wallet === null) throw new CodedError('wallet.not_found', 'Wallet not found.');
      const lastEventId = request.headers['last-event-id'];
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Proxies such as nginx would collect events before they pass them on.
        'x-accel-buffering': 'no',
      });
      reply.raw.flushHeaders();
      await hub.connect(createEventChannel(reply.raw), {
        walletId: wallet.id,
        caller: principalOf(request),
        afterId: lastEventId === undefined ? null : BigInt(lastEventId),
      });
    },
  });
}
