import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AddressRule } from '../bank/http/address-rule.ts';
import type { DatabaseHandle } from '../db/client.ts';
import type { Actor } from '../db/queries/audit.ts';
import type { Reach } from '../db/queries/reach.ts';
import type { ApprovalPolicy } from '../domain/review/approval.ts';
import { invariant } from '../domain/invariant.ts';
import type { KeyDeployment } from './auth/api-keys.ts';
import type { Bounds } from './auth/bounds.ts';
import type { Scope } from './auth/scopes.ts';
import type { WalletToken } from './auth/wallet-tokens.ts';
import type { RefusalCounter } from './refusal-counter.ts';
import type { Uploads } from './uploads.ts';
import type { TemporalGateway } from '../temporal/gateway.ts';

/** Requests that one caller may make in a minute. */
export interface RateLimits {
  /** For each key, or for each address on routes without a key. */
  readonly requestsPerMinute: number;
  /** Failed authentications from one address; further ones get 429, and valid keys are not affected. */
  readonly failedAuthPerMinute: number;
  /** Webhooks from one address. */
  readonly webhooksPerMinute: number;
}

/** All dependencies of the API: values and handles, never the environment. */
export interface ApiDeps {
  readonly database: DatabaseHandle;
  /** Connections of their own for webhooks: whatever else the API does must not keep a bank waiting. */
  readonly intake: Pick<DatabaseHandle, 'db'>;
  readonly temporal: TemporalGateway;
  readonly apiKeyPepper: string;
  readonly deployment: KeyDeployment;
  readonly rateLimits: RateLimits;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may read wallets with a token. */
  readonly allowedOrigins: readonly string[];
  /** Secrets that may sign webhooks of an account, the current and the next; none if it takes no webhooks. */
  readonly webhookSecretsOf: (accountKey: string) => readonly string[] | Promise<readonly string[]>;
  /** Where banks may be. */
  readonly bankAddresses: AddressRule;
  /** Largest statement file that the API accepts. */
  readonly statementBytesMax: number;
  /** The rules for second persons, and the daily limit of one person. */
  readonly approvals: ApprovalPolicy;
  /** The series of the customer codes that new wallets get. */
  readonly codeSeries: number;
  /** Takes uploads within their limits. */
  readonly uploads: Uploads;
  /** Counts refused webhooks, for the alert about them. */
  readonly refusals: Pick<RefusalCounter, 'add'>;
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

/** The caller of a request. */
export interface Principal {
  readonly keyId: string;
  readonly ownerKind: 'service' | 'person';
  /** The person behind a person's key; null for a service's key. Compare persons, never keys. */
  readonly person: string | null;
  /** Who calls, over all their keys: what they asked before and the wallets that they created are theirs. */
  readonly caller: string;
  readonly scopes: ReadonlySet<string>;
  /** What a bound key or a token reaches; null for everything. */
  readonly reach: Reach | null;
  /** The wallet token that was sent instead of a key; `keyId` is the key that minted it. */
  readonly token: WalletToken | null;
}

/** The callers that a route accepts. Building the server fails if a route has no policy. */
export type RoutePolicy =
  | { readonly kind: 'public' }
  | { readonly kind: 'signature' }
  | { readonly kind: 'scope'; readonly scope: Scope; readonly bounds: Bounds | null };

/** The policy of a route for keys with `scope`. Without `bounds` it refuses keys that are bound. */
export function needs(
  scope: Scope,
  bounds: Bounds | null = null,
): { readonly policy: RoutePolicy } {
  return { policy: { kind: 'scope', scope, bounds } };
}

/** The policy of a route that every caller may use. */
export const PUBLIC: { readonly policy: RoutePolicy } = { policy: { kind: 'public' } };

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: RoutePolicy;
  }
  interface FastifyRequest {
    principal: Principal | null;
    /** True if the route asked what a bound caller reaches. */
    hasAskedReach: boolean;
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
