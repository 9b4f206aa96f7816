import type { ApiApp, ApiDeps } from '../../deps.ts';
import { changeWalletStatusRoute } from './change-status.ts';
import { createWalletRoute } from './create.ts';
import { findWalletRoute } from './find.ts';
import { forgetPayerRoute } from './forget-payer.ts';
import { getWalletRoute } from './get.ts';
import { listWalletTransactionsRoute } from './list-transactions.ts';
import { mintWalletTokenRoute } from './mint-token.ts';
import { spendCreditsRoute } from './spend-credits.ts';

/** Customers’ wallets. */
export function walletRoutes(app: ApiApp, deps: ApiDeps): void {
  changeWalletStatusRoute(app, deps);
  createWalletRoute(app, deps);
  findWalletRoute(app, deps);
  forgetPayerRoute(app, deps);
  getWalletRoute(app, deps);
  listWalletTransactionsRoute(app, deps);
  mintWalletTokenRoute(app, deps);
  spendCreditsRoute(app, deps);
}
