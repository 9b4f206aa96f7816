import { findWallet } from '../../db/queries/wallets.ts';
import { listAccountsNamed, listStandingWallets, type Reach } from '../../db/queries/reach.ts';
import type { ApiKey } from '../../db/queries/api-keys.ts';
import type { Executor } from '../../db/client.ts';
import type { Principal } from '../deps.ts';
import type { KeyMaker } from './api-keys.ts';
import { createKeyVerifier } from './key-verifier.ts';
import { createWalletTokens, type WalletToken, type WalletTokens } from './wallet-tokens.ts';

/** Tells who calls, with a key or with a wallet token. */
export interface Callers {
  /** The caller, else null; callers never learn why. */
  identify(presented: string): Promise<Principal | null>;
  /** Those of these callers, whose connections stay open, who may no longer call. */
  findEnded(callers: readonly Principal[]): Promise<ReadonlySet<Principal>>;
  readonly tokens: WalletTokens;
}

/** The scope that a key needs to mint tokens: with it, its tokens end too. */
const MINTING = 'wallet:mint_token';
/** What a token may do, where a route takes tokens. */
const TOKEN_SCOPES: ReadonlySet<string> = new Set(['wallet:read']);

export function createCallers(
  deps: KeyMaker & { readonly db: Executor; readonly clock: () => Date },
): Callers {
  const keys = createKeyVerifier(deps);
  const tokens = createWalletTokens(deps);

  async function holderOf(presented: string): Promise<Principal | null> {
    const key = await keys.verify(presented);
    if (key === null) return null;
    return {
      keyId: key.id,
      ownerKind: key.ownerKind,
      person: key.person,
      caller: `${key.ownerKind} ${key.caller}`,
      scopes: new Set(key.scopes),
      reach: await reachOfKey(deps.db, key),
      token: null,
    };
  }

  async function bearerOf(presented: string): Promise<Principal | null> {
    const token = await tokens.read(presented);
    if (token === null) return null;
    const key = await keys.findLive(token.keyId);
    if (key === null || !key.scopes.includes(MINTING)) return null;
    const wallet = await findWallet(deps.db, token.walletId);
    if (wallet === null || wallet.status === 'closed') return null;
    return principalOfToken(token, key);
  }

  return {
    tokens,
    identify: (presented) =>
      presented.startsWith('purser_') ? holderOf(presented) : bearerOf(presented),
    async findEnded(callers) {
      const now = deps.clock();
      const walletIds = callers.flatMap(({ token }) => token?.walletId ?? []);
      const standing =
        walletIds.length === 0 ? new Set() : await listStandingWallets(deps.db, walletIds);
      const ended = new Set<Principal>();
      for (const caller of callers) {
        const { keyId, token } = caller;
        const isOver = token !== null && (token.expiresAt <= now || !standing.has(token.walletId));
        if (isOver || (await keys.findLive(keyId)) === null) ended.add(caller);
      }
      return ended;
    },
  };
}

async function reachOfKey(executor: Executor, key: ApiKey): Promise<Reach | null> {
  if (key.boundAccounts === null && !key.ownWallets) return null;
  return {
    accounts:
      key.boundAccounts === null ? [] : await listAccountsNamed(executor, key.boundAccounts),
    walletsOf: key.ownWallets ? `${key.ownerKind} ${key.caller}` : null,
    walletId: null,
  };
}

function principalOfToken(token: WalletToken, key: ApiKey): Principal {
  return {
    keyId: key.id,
    ownerKind: 'service',
    person: null,
    caller: `${key.ownerKind} ${key.caller}`,
    scopes: TOKEN_SCOPES,
    reach: { accounts: [], walletsOf: null, walletId: token.walletId },
    token,
  };
}
