import rateLimit, {
  type FastifyRateLimitStore,
  type FastifyRateLimitStoreCtor,
} from '@fastify/rate-limit';
import fp from 'fastify-plugin';
import { CodedError } from '../../domain/errors.ts';
import { callerAddress } from '../caller-address.ts';
import type { ApiDeps, Principal } from '../deps.ts';
import { HTTP_ERRORS } from '../http-errors.ts';
import { createSharedCounts, type SharedCounts } from '../shared-counts.ts';

/** Limits each key, or each address where no key is asked for, over all API processes. */
export const rateLimitPlugin = fp<ApiDeps>(
  async (app, deps) => {
    const counts = createSharedCounts({
      db: deps.database.db,
      clock: deps.clock,
      logger: deps.logger,
    });
    await app.register(rateLimit, {
      max: deps.rateLimits.requestsPerMinute,
      timeWindow: 60_000,
      store: storeOf(counts),
      keyGenerator: (request) =>
        request.principal === null
          ? `address ${callerAddress(request.ip)}`
          : counted(request.principal),
      errorResponseBuilder: () =>
        new CodedError('request.rate_limited', HTTP_ERRORS['request.rate_limited'].title),
    });
    app.addHook('onReady', (done) => {
      counts.start();
      done();
    });
    app.addHook('onClose', (_app, done) => {
      counts.stop();
      done();
    });
  },
  { name: 'rate-limit', fastify: '5.x' },
);

/** The shared counts as the plugin wants them: a class, and a child for each route that has a limit of its own. */
function storeOf(counts: SharedCounts): FastifyRateLimitStoreCtor {
  return class SharedStore implements FastifyRateLimitStore {
    private readonly prefix: string;

    constructor(options: { readonly prefix?: string }) {
      this.prefix = options.prefix ?? '';
    }

    incr(
      key: string,
      callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
      timeWindow: number,
    ): void {
      callback(null, counts.count(`${this.prefix}${key}`, timeWindow));
    }

    /** The plugin passes the route beside its options, which its types do not say. */
    child(options: object): SharedStore {
      const { routeInfo } = options as { readonly routeInfo?: { readonly url?: string } };
      return new SharedStore({ prefix: `${routeInfo?.url ?? ''} ` });
    }
  };
}

/** Customers with tokens of one key do not share its limit. */
function counted({ keyId, token }: Principal): string {
  return token === null ? `key ${keyId}` : `wallet ${token.walletId}`;
}
