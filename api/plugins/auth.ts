import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { CodedError } from '../../domain/errors.ts';
import { invariant } from '../../domain/invariant.ts';
import { callerAddress } from '../caller-address.ts';
import type { ApiDeps, Principal, RoutePolicy } from '../deps.ts';
import { createKeyVerifier, type KeyVerifier } from '../auth/key-verifier.ts';
import { PERSON_ONLY_SCOPES } from '../auth/scopes.ts';

declare module 'fastify' {
  interface FastifyInstance {
    keyVerifier: KeyVerifier;
  }
}

type ScopePolicy = Extract<RoutePolicy, { readonly kind: 'scope' }>;

/** Checks the key of every route that needs a scope, before the body is read. */
export const authPlugin = fp<ApiDeps>(
  (app, deps, done) => {
    const verifier = createKeyVerifier({
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
    app.decorate('keyVerifier', verifier);
    app.decorateRequest('principal', null);

    app.addHook('onRequest', async (request) => {
      const policy = request.routeOptions.config.policy;
      if (policy?.kind !== 'scope') return;
      const principal = await authenticate(verifier, request);
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
    done();
  },
  { name: 'auth', dependencies: ['rate-limit'], fastify: '5.x' },
);

async function authenticate(
  verifier: KeyVerifier,
  request: FastifyRequest,
): Promise<Principal | CodedError> {
  const header = request.headers.authorization;
  if (header === undefined) {
    return new CodedError(
      'auth.missing',
      'Send your API key in the header Authorization: Bearer <key>.',
    );
  }
  const presented = /^Bearer ([!-~]{1,200})$/i.exec(header)?.[1];
  const principal = presented === undefined ? null : await verifier.verify(presented);
  return (
    principal ??
    new CodedError(
      'auth.invalid_key',
      'The API key is unknown, expired, revoked, or issued for another deployment.',
    )
  );
}

/** Refuses a service that was given a person's scope by mistake. */
function authorise(principal: Principal, policy: ScopePolicy): void {
  const { scope } = policy;
  if (!principal.scopes.has(scope)) {
    throw new CodedError('auth.forbidden', `This key lacks the scope ${scope}.`);
  }
  if (PERSON_ONLY_SCOPES.has(scope) && principal.ownerKind !== 'person') {
    throw new CodedError('auth.forbidden', 'Only a person’s key may do that.');
  }
}
