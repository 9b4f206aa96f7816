import websocket from '@fastify/websocket';
import fastify, { LogController, type FastifyServerOptions } from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { randomUUID } from 'node:crypto';
import { CodedError } from '../domain/errors.ts';
import type { ApiApp, ApiDeps } from './deps.ts';
import { createNotificationHub } from './notification-hub.ts';
import { authPlugin } from './plugins/auth.ts';
import { answerWithProblem, errorHandlerPlugin } from './plugins/error-handler.ts';
import { headersPlugin } from './plugins/headers.ts';
import { jsonBodyPlugin } from './plugins/json-body.ts';
import { openapiPlugin } from './plugins/openapi.ts';
import { policyPlugin } from './plugins/policy.ts';
import { rateLimitPlugin } from './plugins/rate-limit.ts';
import { requestLogPlugin } from './plugins/request-log.ts';
import { approveDecisionRoute } from './routes/approve-decision.ts';
import { assignReviewRoute } from './routes/assign-review.ts';
import { bankWebhookRoute } from './routes/bank-webhook.ts';
import { correctDepositRoute } from './routes/correct-deposit.ts';
import { bulkDecisionsRoute } from './routes/bulk-decisions.ts';
import { changeWalletStatusRoute } from './routes/change-wallet-status.ts';
import { getClaimRoute, makeClaimRoute, withdrawClaimRoute } from './routes/claims.ts';
import { createWalletRoute } from './routes/create-wallet.ts';
import { decideReviewRoute } from './routes/decide-review.ts';
import { exportReviewsRoute } from './routes/export-reviews.ts';
import { findWalletByCodeRoute } from './routes/find-wallet-by-code.ts';
import { getDecisionRoute } from './routes/get-decision.ts';
import { forgetPayerRoute } from './routes/forget-payer.ts';
import { getDepositRoute } from './routes/get-deposit.ts';
import { getStatementRoute } from './routes/get-statement.ts';
import { getStatusRoute } from './routes/get-status.ts';
import { getWalletRoute } from './routes/get-wallet.ts';
import { givePayerDetailsRoute } from './routes/give-payer-details.ts';
import { exportReturnsRoute } from './routes/export-returns.ts';
import { liveRoute, readyRoute } from './routes/health.ts';
import { listAuditRoute } from './routes/list-audit.ts';
import { listDecisionsRoute } from './routes/list-decisions.ts';
import { pairCaseRoute, takeBackCaseRoute } from './routes/decide-case.ts';
import { closeLineCaseRoute, listLineCasesRoute } from './routes/line-cases.ts';
import { listDayProofsRoute } from './routes/list-day-proofs.ts';
import { listDepositsRoute } from './routes/list-deposits.ts';
import { listGatesRoute } from './routes/list-gates.ts';
import { listNotificationsRoute } from './routes/list-notifications.ts';
import { listReturnsRoute } from './routes/list-returns.ts';
import { listReviewsRoute } from './routes/list-reviews.ts';
import { listRunsRoute } from './routes/list-runs.ts';
import { listStatementsRoute } from './routes/list-statements.ts';
import { listSuggestionsRoute } from './routes/list-suggestions.ts';
import { listWalletTransactionsRoute } from './routes/list-wallet-transactions.ts';
import { markNotificationReadRoute } from './routes/mark-notification-read.ts';
import { operateGateRoutes } from './routes/operate-gate.ts';
import { reconcileBankAccountRoute } from './routes/reconcile-bank-account.ts';
import { rejectDecisionRoute } from './routes/reject-decision.ts';
import { releaseStatementRoute } from './routes/release-statement.ts';
import { addCommentRoute, listCommentsRoute } from './routes/review-comments.ts';
import { spendCreditsRoute } from './routes/spend-credits.ts';
import { takeReturnsRoute } from './routes/take-returns.ts';
import { uploadStatementRoute } from './routes/upload-statement.ts';
import { walletEventsRoute } from './routes/wallet-events.ts';

const BODY_BYTES_MAX = 64 * 1024;
const MESSAGE_BYTES_MAX = 1_024;

const SERVER_OPTIONS = {
  bodyLimit: BODY_BYTES_MAX,
  connectionTimeout: 30_000,
  // A statement file may take as long as this over a slow line.
  requestTimeout: 120_000,
  // A database connection that is cut at a bad moment may never answer; the caller must not wait for it.
  handlerTimeout: 20_000,
  keepAliveTimeout: 72_000,
  exposeHeadRoutes: false,
  forceCloseConnections: 'idle',
  requestIdHeader: false,
  routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
  genReqId: () => randomUUID(),
} as const satisfies FastifyServerOptions;

/** Builds the API from values and handles; it neither reads the environment nor listens. Faults in routes show at `ready()`. */
export function buildApp(deps: ApiDeps): ApiApp {
  const app: ApiApp = fastify({
    ...SERVER_OPTIONS,
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error, request, reply) => void answerWithProblem(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  app.register(policyPlugin);
  app.register(errorHandlerPlugin);
  app.register(headersPlugin);
  app.register(requestLogPlugin);
  app.register(jsonBodyPlugin);
  // Before authentication: it marks upgrades, and hangs up on those that are refused.
  app.register(websocket, { options: { maxPayload: MESSAGE_BYTES_MAX } });
  app.register(rateLimitPlugin, deps);
  app.register(authPlugin, deps);
  app.register(openapiPlugin);
  app.register(async (routes: ApiApp) => {
    addReadRoutes(routes, deps);
    addWriteRoutes(routes, deps);
    await bankWebhookRoute(routes, deps);
    await uploadStatementRoute(routes, deps);
  });
  app.after(() => {
    app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
      answerWithProblem(
        new CodedError('request.route_not_found', 'There is nothing at this address.'),
        request,
        reply,
      ),
    );
  });
  return app;
}

function addReadRoutes(app: ApiApp, deps: ApiDeps): void {
  const hub = createNotificationHub({
    database: deps.database,
    verifier: app.keyVerifier,
    logger: deps.logger,
  });
  app.addHook('onClose', () => hub.close());
  liveRoute(app);
  readyRoute(app, deps);
  getStatusRoute(app, deps);
  getWalletRoute(app, deps);
  findWalletByCodeRoute(app, deps);
  listWalletTransactionsRoute(app, deps);
  listNotificationsRoute(app, deps);
  walletEventsRoute(app, deps, hub);
  listDepositsRoute(app, deps);
  getDepositRoute(app, deps);
  listReviewsRoute(app, deps);
  exportReviewsRoute(app, deps);
  listCommentsRoute(app, deps);
  listDecisionsRoute(app, deps);
  getDecisionRoute(app, deps);
  listReturnsRoute(app, deps);
  exportReturnsRoute(app, deps);
  listRunsRoute(app, deps);
  listAuditRoute(app, deps);
  listGatesRoute(app, deps);
  listSuggestionsRoute(app, deps);
  getClaimRoute(app, deps);
  listDayProofsRoute(app, deps);
  listLineCasesRoute(app, deps);
  listStatementsRoute(app, deps);
  getStatementRoute(app, deps);
}

function addWriteRoutes(app: ApiApp, deps: ApiDeps): void {
  createWalletRoute(app, deps);
  spendCreditsRoute(app, deps);
  operateGateRoutes(app, deps);
  makeClaimRoute(app, deps);
  withdrawClaimRoute(app, deps);
  forgetPayerRoute(app, deps);
  changeWalletStatusRoute(app, deps);
  closeLineCaseRoute(app, deps);
  takeBackCaseRoute(app, deps);
  pairCaseRoute(app, deps);
  markNotificationReadRoute(app, deps);
  decideReviewRoute(app, deps);
  bulkDecisionsRoute(app, deps);
  assignReviewRoute(app, deps);
  addCommentRoute(app, deps);
  correctDepositRoute(app, deps);
  approveDecisionRoute(app, deps);
  rejectDecisionRoute(app, deps);
  givePayerDetailsRoute(app, deps);
  takeReturnsRoute(app, deps);
  reconcileBankAccountRoute(app, deps);
  releaseStatementRoute(app, deps);
}
