import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { CodedError } from '../../domain/errors.ts';
import { invariant } from '../../domain/invariant.ts';
import { callerAddress } from '../caller-address.ts';
import type { ApiDeps, Principal, RoutePolicy } from '../deps.ts';
import { holdToReach, refuseUnbounded } from '../auth/bounds.ts';
import { createCallers, type Callers } from '../auth/callers.ts';
import { PERSON_ONLY_SCOPES } from '../auth/scopes.ts';

declare module 'fastify' {
  interface FastifyInstance {
    callers: Callers;
  }
}

/** Begins the protocol by which a WebSocket sends its token. */
const TOKEN_PROTOCOL = 'purser.token.';

type ScopePolicy = Extract<RoutePolicy, { readonly kind: 'scope' }>;

/** Checks the key of every route that needs a scope, before the body is read. */
export const authPlugin = fp<ApiDeps>(
  (app, deps, done) => {
    const callers = createCallers({
      db: deps.database.db,
      pepper: deps.apiKeyPepper,
      deployment: deps.deployment,
      clock: deps.clock,
    });
    const countFailure = app.createRateLimit({
      max: deps.rateLimits.failedAuthPerMinute,
      timeWindow: 60_000,
      keyGenerator: (request) => `failed ${callerAddress(request.ip)}`,
    });
    app.decorate('callers', callers);
    app.decorateRequest('principal', null);
    app.decorateRequest('hasAskedReach', false);

    app.addHook('onRequest', async (request) => {
      const policy = request.routeOptions.config.policy;
      if (policy?.kind !== 'scope') return;
      const principal = await authenticate(callers, request);
      if (principal instanceof CodedError) {
        const failures = await countFailure(request);
        invariant(!failures.isAllowed, 'Failed authentications are always counted.');
        throw failures.isExceeded
          ? new CodedError(
              'request.rate_limited',
              'Too many failed authentications: wait a minute.',
            )
          : principal;
      }
      authorise(principal, policy);
      request.principal = principal;
    });

    // After validation, so that a bound caller is told the same of a malformed id as everybody.
    app.addHook('preHandler', async (request) => {
      const policy = request.routeOptions.config.policy;
      const reach = request.principal?.reach ?? null;
      if (policy?.kind !== 'scope' || policy.bounds === null || reach === null) return;
      await holdToReach(deps.database.db, reach, policy.bounds, request);
    });
    // A list that forgot to ask shows nothing, instead of everything.
    app.addHook('onSend', async (request, reply, payload) => {
      const policy = request.routeOptions.config.policy;
      const isBound = (request.principal?.reach ?? null) !== null;
      if (isBound && policy?.kind === 'scope' && policy.bounds?.by === 'filter') {
        const isSafe = request.hasAskedReach || reply.statusCode >= 400;
        invariant(isSafe, 'A list was answered to a bound caller without asking for their reach.');
      }
      return Promise.resolve(payload);
    });
    done();
  },
  { name: 'auth', dependencies: ['rate-limit'], fastify: '5.x' },
);

async function authenticate(
  callers: Callers,
  request: FastifyRequest,
): Promise<Principal | CodedError> {
  const header = request.headers.authorization;
  const presented =
    header === undefined
      ? tokenOfUpgrade(request)
      : (/^Bearer ([!-~]{1,1000})$/i.exec(header)?.[1] ?? '');
  if (presented === null) {
    return new CodedError(
      'auth.missing',
      'Send your API key in the header Authorization: Bearer <key>.',
    );
  }
  return (
    (await callers.identify(presented)) ??
    new CodedError(
      'auth.invalid_key',
      'The API key or token is unknown, expired, revoked, or issued for another deployment.',
    )
  );
}

/** A browser can send no header with a WebSocket: it offers its token as a protocol. Keys do not belong in browsers. */
function tokenOfUpgrade({ headers }: FastifyRequest): string | null {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return null;
  const offered = headers['sec-websocket-protocol']?.split(',').map((each) => each.trim()) ?? [];
  const token = offered.find((each) => each.startsWith(TOKEN_PROTOCOL));
  return token === undefined || token.length > 1_000 ? null : token.slice(TOKEN_PROTOCOL.length);
}

/** Refuses a bound caller where the route says nothing of them, and a service that was given a person's scope by mistake. */
function authorise(principal: Principal, policy: ScopePolicy): void {
  const { scope, bounds } = policy;
  refuseUnbounded({ reach: principal.reach, isToken: principal.token !== null }, bounds);
  if (!principal.scopes.has(scope)) {
    throw new CodedError('auth.forbidden', `This key lacks the scope ${scope}.`);
  }
  if (PERSON_ONLY_SCOPES.has(scope) && principal.ownerKind !== 'person') {
    throw new CodedError('auth.forbidden', 'Only a person’s key may do that.');
  }
}
