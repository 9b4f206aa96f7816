import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { DatabaseHandle } from '../db/client.ts';
import type { Actor } from '../db/queries/audit.ts';
import type { ApprovalPolicy } from '../domain/review/approval.ts';
import { invariant } from '../domain/invariant.ts';
import type { KeyDeployment } from './auth/api-keys.ts';
import type { Scope } from './auth/scopes.ts';
import type { TemporalGateway } from '../temporal/gateway.ts';

/** Requests that one caller may make in a minute. */
export interface RateLimits {
  /** For each key, or for each address where no key is asked for. */
  readonly requestsPerMinute: number;
  /** Failed authentications of one address; more are answered 429 and valid keys are not touched by it. */
  readonly failedAuthPerMinute: number;
  /** Webhooks of one address. */
  readonly webhooksPerMinute: number;
}

/** All that the API needs of the world: values and handles, never the environment. */
export interface ApiDeps {
  readonly database: DatabaseHandle;
  readonly temporal: TemporalGateway;
  readonly apiKeyPepper: string;
  readonly deployment: KeyDeployment;
  readonly rateLimits: RateLimits;
  /** Secrets that may sign webhooks of an account, the current and the next; none where it takes no webhooks. */
  readonly webhookSecretsOf: (accountKey: string) => readonly string[] | Promise<readonly string[]>;
  /** Largest statement file that is taken. */
  readonly statementBytesMax: number;
  /** Who must agree to a decision, and how much one person may decide in a day. */
  readonly approvals: ApprovalPolicy;
  readonly clock: () => Date;
  readonly logger: FastifyBaseLogger;
}

/** The server with schemas in zod. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Who asks. */
export interface Principal {
  readonly keyId: string;
  readonly ownerKind: 'service' | 'person';
  /** The human behind a person's key; null for a service's. Compare this, never keys. */
  readonly person: string | null;
  readonly scopes: ReadonlySet<string>;
}

/** Who may call a route. A route without a policy is refused when the server is built. */
export type RoutePolicy =
  | { readonly kind: 'public' }
  | { readonly kind: 'signature' }
  | { readonly kind: 'scope'; readonly scope: Scope };

/** The policy of a route for keys that hold `scope`. */
export function needs(scope: Scope): { readonly policy: RoutePolicy } {
  return { policy: { kind: 'scope', scope } };
}

/** The policy of a route that anybody may call. */
export const PUBLIC: { readonly policy: RoutePolicy } = { policy: { kind: 'public' } };

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: RoutePolicy;
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
}

/** The caller of a route that needs a scope. */
export function principalOf(request: Pick<FastifyRequest, 'principal'>): Principal {
  invariant(request.principal !== null, 'A route that needs a scope ran without a caller.');
  return request.principal;
}

/** The caller as the audit trail names them. */
export function actorOf({ keyId, ownerKind, person }: Principal): Actor {
  return { kind: ownerKind, keyId, person };
}
