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
import { accountNamesPlugin } from './plugins/account-names.ts';
import { authPlugin } from './plugins/auth.ts';
import { corsPlugin } from './plugins/cors.ts';
import { answerWithProblem, errorHandlerPlugin } from './plugins/error-handler.ts';
import { headersPlugin } from './plugins/headers.ts';
import { jsonBodyPlugin } from './plugins/json-body.ts';
import { openapiPlugin } from './plugins/openapi.ts';
import { policyPlugin } from './plugins/policy.ts';
import { rateLimitPlugin } from './plugins/rate-limit.ts';
import { requestLogPlugin } from './plugins/request-log.ts';
import { alertRoutes } from './routes/alerts/index.ts';
import { apiKeyRoutes } from './routes/api-keys/index.ts';
import { auditRoutes } from './routes/audit/index.ts';
import { bankAccountRoutes } from './routes/bank-accounts/index.ts';
import { caseRoutes } from './routes/cases/index.ts';
import { claimRoutes } from './routes/claims/index.ts';
import { decisionRoutes } from './routes/decisions/index.ts';
import { depositRoutes } from './routes/deposits/index.ts';
import { gateRoutes } from './routes/gates/index.ts';
import { heldRowRoutes } from './routes/held-rows/index.ts';
import { notificationRoutes } from './routes/notifications/index.ts';
import { returnRoutes } from './routes/returns/index.ts';
import { reviewRoutes } from './routes/reviews/index.ts';
import { runRoutes } from './routes/runs/index.ts';
import { serviceRoutes } from './routes/service/index.ts';
import { statementRoutes } from './routes/statements/index.ts';
import { walletRoutes } from './routes/wallets/index.ts';
import { webhookRoutes } from './routes/webhooks/index.ts';

const BODY_BYTES_MAX = 64 * 1024;
const MESSAGE_BYTES_MAX = 1_024;
const EVENTS_PROTOCOL = 'purser.events';

const SERVER_OPTIONS = {
  bodyLimit: BODY_BYTES_MAX,
  connectionTimeout: 30_000,
  // Enough for a large statement file over a slow line.
  requestTimeout: 120_000,
  // A database connection that breaks may never answer; the caller must not wait for it.
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
    trustProxy: deps.trustedProxies.length === 0 ? false : [...deps.trustedProxies],
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
  app.register(corsPlugin, deps);
  app.register(jsonBodyPlugin);
  // Before authentication: it marks upgrades and closes the refused ones.
  app.register(websocket, {
    options: { maxPayload: MESSAGE_BYTES_MAX, handleProtocols: chooseProtocol },
  });
  app.register(rateLimitPlugin, deps);
  app.register(authPlugin, deps);
  app.register(accountNamesPlugin, deps);
  app.register(openapiPlugin);
  app.register((routes: ApiApp, _options, done) => {
    addRoutes(routes, deps);
    done();
  });
  app.after(() => {
    app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
      answerWithProblem(
        new CodedError('request.route_not_found', 'Nothing is served at this address.'),
        request,
        reply,
      ),
    );
  });
  return app;
}

/** The one protocol that is spoken; another one that a client offers is its token, which no answer may repeat. */
function chooseProtocol(offered: ReadonlySet<string>): string | false {
  return offered.has(EVENTS_PROTOCOL) && EVENTS_PROTOCOL;
}

/**
 * A folder for each resource, which is also its tag in the OpenAPI document, and a file for each operation. A file's
 * name is its operationId without the resource: wallets/list-transactions.ts is `listWalletTransactions`.
 */
function addRoutes(app: ApiApp, deps: ApiDeps): void {
  alertRoutes(app, deps);
  auditRoutes(app, deps);
  bankAccountRoutes(app, deps);
  caseRoutes(app, deps);
  claimRoutes(app, deps);
  decisionRoutes(app, deps);
  depositRoutes(app, deps);
  apiKeyRoutes(app, deps);
  gateRoutes(app, deps);
  heldRowRoutes(app, deps);
  notificationRoutes(app, deps);
  returnRoutes(app, deps);
  reviewRoutes(app, deps);
  runRoutes(app, deps);
  serviceRoutes(app, deps);
  statementRoutes(app, deps);
  walletRoutes(app, deps);
  webhookRoutes(app, deps);
}
