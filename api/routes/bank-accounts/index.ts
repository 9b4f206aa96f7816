import type { ApiApp, ApiDeps } from '../../deps.ts';
import { addBankAccountRoute } from './add.ts';
import { changeBankAccountRoute } from './change.ts';
import { listBankAccountsRoute } from './list.ts';
import { listDayProofsRoute } from './list-proofs.ts';
import { pauseBankAccountRoute } from './pause.ts';
import { reconcileBankAccountRoute } from './reconcile.ts';
import { releaseBatchRoute } from './release-batch.ts';
import { resumeBankAccountRoute } from './resume.ts';

/** The bank accounts that Purser reads. */
export function bankAccountRoutes(app: ApiApp, deps: ApiDeps): void {
  addBankAccountRoute(app, deps);
  changeBankAccountRoute(app, deps);
  listBankAccountsRoute(app, deps);
  listDayProofsRoute(app, deps);
  pauseBankAccountRoute(app, deps);
  reconcileBankAccountRoute(app, deps);
  releaseBatchRoute(app, deps);
  resumeBankAccountRoute(app, deps);
}
