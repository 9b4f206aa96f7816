import helmet from '@fastify/helmet';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

/** What browsers heed over TLS only. Over plain http they ignore these or, worse, upgrade to a port that nothing serves. */
const OVER_TLS = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'cross-origin-opener-policy': 'same-origin',
  'origin-agent-cluster': '?1',
};

/** Security headers for all answers; the docs page and the error pages bring policies of their own. */
export const headersPlugin = fp(
  async (app) => {
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
      },
      strictTransportSecurity: false,
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
    });
    app.addHook('onRequest', (request, reply, done) => {
      if (isOverTls(request)) void reply.headers(OVER_TLS);
      done();
    });
    // No cache may keep balances and reviews.
    app.addHook('onSend', (_request, reply, _payload, done) => {
      if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
      done();
    });
  },
  { name: 'headers', fastify: '5.x' },
);

/** A proxy that ends TLS says so; a caller who lies about it only gets three more headers. */
function isOverTls({ protocol, headers }: FastifyRequest): boolean {
  return protocol === 'https' || headers['x-forwarded-proto'] === 'https';
}
