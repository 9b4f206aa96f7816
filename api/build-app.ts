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
import { createNotificationHub } from './routes/notifications/hub.ts';
import { authPlugin } from './plugins/auth.ts';
import { answerWithProblem, errorHandlerPlugin } from './plugins/error-handler.ts';
import { headersPlugin } from './plugins/headers.ts';
import { jsonBodyPlugin } from './plugins/json-body.ts';
import { openapiPlugin } from './plugins/openapi.ts';
import { policyPlugin } from './plugins/policy.ts';
import { rateLimitPlugin } from './plugins/rate-limit.ts';
import { requestLogPlugin } from './plugins/request-log.ts';
import { approveDecisionRoute } from './routes/decisions/approve.ts';
import { assignReviewRoute } from './routes/reviews/assign.ts';
import { bankWebhookRoute } from './routes/webhooks/receive.ts';
import { correctDepositRoute } from './routes/deposits/correct.ts';
import { bulkDecisionsRoute } from './routes/reviews/decide-many.ts';
import { changeWalletStatusRoute } from './routes/wallets/change-status.ts';
import { getClaimRoute, makeClaimRoute, withdrawClaimRoute } from './routes/claims/create.ts';
import { createWalletRoute } from './routes/wallets/create.ts';
import { decideReviewRoute } from './routes/reviews/decide.ts';
import { exportReviewsRoute } from './routes/reviews/export.ts';
import { findWalletByCodeRoute } from './routes/wallets/find.ts';
import { getDecisionRoute } from './routes/decisions/get.ts';
import { forgetPayerRoute } from './routes/wallets/forget-payer.ts';
import { getDepositRoute } from './routes/deposits/get.ts';
import { getStatementRoute } from './routes/statements/get.ts';
import { getStatusRoute } from './routes/service/get-status.ts';
import { getWalletRoute } from './routes/wallets/get.ts';
import { givePayerDetailsRoute } from './routes/decisions/give-payer.ts';
import { exportReturnsRoute } from './routes/returns/export.ts';
import { liveRoute, readyRoute } from './routes/service/check-readiness.ts';
import { listAuditRoute } from './routes/audit/list.ts';
import { listDecisionsRoute } from './routes/decisions/list.ts';
import { pairCaseRoute, takeBackCaseRoute } from './routes/cases/take-back.ts';
import { closeLineCaseRoute, listLineCasesRoute } from './routes/cases/close.ts';
import { listDayProofsRoute } from './routes/bank-accounts/list-proofs.ts';
import { listDepositsRoute } from './routes/deposits/list.ts';
import { listGatesRoute } from './routes/gates/list.ts';
import { listNotificationsRoute } from './routes/notifications/list.ts';
import { listReturnsRoute } from './routes/returns/list.ts';
import { listReviewsRoute } from './routes/reviews/list.ts';
import { listRunsRoute } from './routes/runs/list.ts';
import { listStatementsRoute } from './routes/statements/list.ts';
import { listSuggestionsRoute } from './routes/reviews/list-suggestions.ts';
import { listWalletTransactionsRoute } from './routes/wallets/list-transactions.ts';
import { markNotificationReadRoute } from './routes/notifications/mark-read.ts';
import { operateGateRoutes } from './routes/gates/change-gate.ts';
import { reconcileBankAccountRoute } from './routes/bank-accounts/reconcile.ts';
import { rejectDecisionRoute } from './routes/decisions/reject.ts';
import { releaseStatementRoute } from './routes/statements/release.ts';
import { addCommentRoute, listCommentsRoute } from './routes/reviews/add-comment.ts';
import { spendCreditsRoute } from './routes/wallets/spend-credits.ts';
import { takeReturnsRoute } from './routes/returns/take.ts';
import { uploadStatementRoute } from './routes/statements/upload.ts';
import { walletEventsRoute } from './routes/notifications/stream.ts';

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
