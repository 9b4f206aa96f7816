import fp from 'fastify-plugin';
import { InvariantViolation } from '../../domain/invariant.ts';

/** The docs page brings its own routes; they show the API and none of its data. */
const DOCS_PREFIX = '/docs';

/** Refuses to build a server with a route that does not say who may call it. */
export const policyPlugin = fp(
  (app, _options, done) => {
    app.addHook('onRoute', (route) => {
      if (route.config?.policy !== undefined || isDocs(route.url)) return;
      throw new InvariantViolation(
        `${String(route.method)} ${route.url} has no policy: give its config one.`,
      );
    });
    done();
  },
  { name: 'policy', fastify: '5.x' },
);

function isDocs(url: string): boolean {
  return url === DOCS_PREFIX || url.startsWith(`${DOCS_PREFIX}/`);
}
