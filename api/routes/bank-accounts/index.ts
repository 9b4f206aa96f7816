import type { ApiApp, ApiDeps } from '../../deps.ts';
import { listDayProofsRoute } from './list-proofs.ts';
import { reconcileBankAccountRoute } from './reconcile.ts';
import { releaseBatchRoute } from './release-batch.ts';

/** The bank accounts that Purser reads. */
export function bankAccountRoutes(app: ApiApp, deps: ApiDeps): void {
  listDayProofsRoute(app, deps);
  reconcileBankAccountRoute(app, deps);
  releaseBatchRoute(app, deps);
}
