import type { Scope } from '../../../api/auth/scopes.ts';

export type Method = 'GET' | 'POST' | 'PUT';

/** What a route does for a bound key: it holds the key to one thing, shows a part, or makes a wallet. */
type Bound = 'thing' | 'list' | 'newWallet';

export interface GuardedRoute {
  readonly method: Method;
  readonly url: string;
  readonly at: string;
  readonly scope: Scope;
  /** Without it, the route refuses bound keys. */
  readonly bound?: Bound;
  /** True if wallet tokens may call it. */
  readonly tokens?: true;
}
