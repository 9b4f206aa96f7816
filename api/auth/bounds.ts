import type { FastifyRequest } from 'fastify';
import type { Executor } from '../../db/client.ts';
import { isReached, type Reach, type ReachableKind } from '../../db/queries/reach.ts';
import { CodedError, type ErrorCode } from '../../domain/errors.ts';
import { invariant } from '../../domain/invariant.ts';

/** How a route holds a bound caller to what they reach. A route that says nothing refuses bound callers. */
export type Bounds =
  /** The route is about one thing, which a parameter or a field of the body names. */
  | {
      readonly by: ReachableKind | 'review';
      readonly in: 'params' | 'body';
      readonly field: string;
      /** Wallet tokens may call the route too. */
      readonly tokens?: true;
    }
  /** The route shows several things, and asks {@link reachOf} which of them. */
  | { readonly by: 'filter' }
  /** The route makes a wallet: only for who reaches their own. */
  | { readonly by: 'newWallet' };

/** What a caller is told of a thing beyond their reach: the same as of one that does not exist. */
const NOT_FOUND = {
  account: ['account.not_found', 'Bank account not found.'],
  claim: ['claim.not_found', 'Claim not found.'],
  deposit: ['deposit.not_found', 'Deposit not found.'],
  review: ['review.not_open', 'This deposit has no open review.'],
  statement: ['statement.not_found', 'Statement file not found.'],
  wallet: ['wallet.not_found', 'Wallet not found.'],
} as const satisfies Record<ReachableKind | 'review', readonly [ErrorCode, string]>;

/** Refuses a bound caller, or a token, where the route has no answer for them. */
export function refuseUnbounded(
  caller: { readonly reach: Reach | null; readonly isToken: boolean },
  bounds: Bounds | null,
): void {
  if (caller.reach === null) return;
  const isOpen = caller.isToken
    ? bounds !== null && 'tokens' in bounds
    : bounds !== null && (bounds.by !== 'newWallet' || caller.reach.walletsOf !== null);
  if (isOpen) return;
  throw new CodedError(
    'auth.forbidden',
    caller.isToken
      ? 'A wallet token only reads its wallet.'
      : 'This key is bound to bank accounts or to its own wallets, and may not do that.',
  );
}

/** Holds a bound caller to the one thing that the request names, before its handler runs. */
export async function holdToReach(
  executor: Executor,
  reach: Reach,
  bounds: Bounds,
  request: FastifyRequest,
): Promise<void> {
  if (bounds.by === 'filter' || bounds.by === 'newWallet') return;
  const named: unknown = Reflect.get(Object(request[bounds.in]), bounds.field);
  invariant(typeof named === 'string', `The request names nothing in ${bounds.field}.`);
  const kind = bounds.by === 'review' ? 'deposit' : bounds.by;
  if (await isReached(executor, reach, { kind, id: named })) return;
  const [code, message] = NOT_FOUND[bounds.by];
  throw new CodedError(code, message);
}

/** What the caller of a list reaches; null for everything. Lists that never ask answer no bound caller. */
export function reachOf(request: FastifyRequest): Reach | null {
  request.hasAskedReach = true;
  invariant(request.principal !== null, 'A route that needs a scope ran without a caller.');
  return request.principal.reach;
}
