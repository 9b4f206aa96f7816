import fp from 'fastify-plugin';

/** One line for each request: route pattern, status, time and caller; never an address with its codes and ids. */
export const requestLogPlugin = fp(
  (app, _options, done) => {
    app.addHook('onResponse', (request, reply, next) => {
      request.log.info(
        {
          method: request.method,
          route: request.routeOptions.url ?? 'none',
          status: reply.statusCode,
          tookMs: Math.round(reply.elapsedTime),
          keyId: request.principal?.keyId ?? null,
        },
        'request answered',
      );
      next();
    });
    done();
  },
  { name: 'request-log', fastify: '5.x' },
);
