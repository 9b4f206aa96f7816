import helmet from '@fastify/helmet';
import fp from 'fastify-plugin';

/** Security headers for all answers; the docs page brings a policy of its own for its scripts. */
export const headersPlugin = fp(
  async (app) => {
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
      },
    });
    // Balances and reviews belong in nobody's cache.
    app.addHook('onSend', (_request, reply, _payload, done) => {
      if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
      done();
    });
  },
  { name: 'headers', fastify: '5.x' },
);
