import fp from 'fastify-plugin';
import type { ApiDeps } from '../deps.ts';

/** What customers' apps ask for; everything else is for servers, which no origin binds. */
const WALLETS = '/v1/wallets/';
const ALLOWED = {
  'access-control-allow-methods': 'GET',
  'access-control-allow-headers': 'authorization, last-event-id',
  'access-control-max-age': '600',
};

/** Lets apps on the origins that you name read wallets with a token. No cookie counts anywhere, so none is let in. */
export const corsPlugin = fp<Pick<ApiDeps, 'allowedOrigins'>>(
  (app, { allowedOrigins }, done) => {
    app.addHook('onRequest', async (request, reply) => {
      const { origin } = request.headers;
      if (allowedOrigins.length === 0 || !request.url.startsWith(WALLETS)) return;
      void reply.header('vary', 'Origin');
      if (origin === undefined || !allowedOrigins.includes(origin)) return;
      void reply.headers({
        'access-control-allow-origin': origin,
        // Else the browser keeps the answer from the page, whatever its origin.
        'cross-origin-resource-policy': 'cross-origin',
      });
      if (request.method !== 'OPTIONS') return;
      await reply.headers(ALLOWED).code(204).send();
    });
    done();
  },
  { name: 'cors', fastify: '5.x' },
);
