import type { ApiApp, ApiDeps } from '../../deps.ts';
import { getStatementRoute } from './get.ts';
import { listStatementsRoute } from './list.ts';
import { releaseStatementRoute } from './release.ts';
import { uploadStatementRoute } from './upload.ts';

/** Statement files and their proofs. */
export function statementRoutes(app: ApiApp, deps: ApiDeps): void {
  getStatementRoute(app, deps);
  listStatementsRoute(app, deps);
  releaseStatementRoute(app, deps);
  uploadStatementRoute(app, deps);
}
