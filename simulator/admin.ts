import type { FastifyInstance } from 'fastify';
import { sendProblem } from './answer.ts';
import { addAdminLines } from './admin-lines.ts';
import { addAdminStatements } from './admin-statements.ts';
import { FAULT_MODES, type FaultPlan } from './faults.ts';
import type { Options } from './options.ts';
import { hasBearer } from './secrets.ts';
import type { Simulation } from './simulation.ts';
import { saveState } from './state-file.ts';
import { reportTruth, truthLine } from './truth.ts';
import type { SendOptions } from './webhooks.ts';

/** For more deliveries than this the response holds only counts. */
const DELIVERIES_SHOWN_MAX = 1_000;
const NO_RECEIVER = 'Set a webhook URL and a webhook secret first.';

/** The simulation operator's routes, under `/admin` with a separate key. */
export function addAdmin(app: FastifyInstance, simulation: Simulation): void {
  const { settings, bank } = simulation;
  void app.register(
    (admin, _options, done) => {
      admin.addHook('onRequest', async (request, reply) => {
        if (!hasBearer(request.headers.authorization, settings.adminKey)) {
          return sendProblem(reply, 401, 'Invalid admin key.');
        }
        return undefined;
      });
      admin.addHook('preSerialization', (request, reply, payload, done) => {
        const { stateFile } = settings;
        const hasChanged = request.method === 'POST' && reply.statusCode < 400;
        if (hasChanged && stateFile !== null) saveState(stateFile, bank.state());
        done(null, payload);
      });
      addReports(admin, simulation);
      addSwitches(admin, simulation);
      addWebhookSending(admin, simulation);
      addAdminLines(admin, simulation);
      addAdminStatements(admin, simulation);
      done();
    },
    { prefix: '/admin' },
  );
}

function addReports(admin: FastifyInstance, { bank, requests, webhooks }: Simulation): void {
  admin.get('/truth', (request) => {
    const withLines = new URL(request.url, 'http://bank').searchParams.get('lines') === '1';
    const booked = bank.lines().filter((line) => line.status === 'booked');
    const report = reportTruth(booked);
    return withLines ? { ...report, lines: booked.map(truthLine) } : report;
  });
  admin.get('/requests', () => ({
    counts: Object.fromEntries(requests),
    webhooks: webhooks.counts(),
  }));
}

function addSwitches(admin: FastifyInstance, simulation: Simulation): void {
  const { bank, faults, options, requests, settings, webhooks } = simulation;
  admin.get('/faults', () => faults.plan());
  admin.post<{ Body: FaultPlan }>('/faults', { schema: { body: FAULT_SCHEMA } }, (request) => {
    faults.set(request.body);
    return faults.plan();
  });
  admin.get('/settings', () => options.current());
  admin.post<{ Body: Partial<Options> }>(
    '/settings',
    { schema: { body: SETTINGS_SCHEMA } },
    (request, reply) => {
      const { webhooks: mode, webhookUrl } = { ...options.current(), ...request.body };
      if (mode === 'auto' && (webhookUrl === null || settings.webhookSecret === null)) {
        return sendProblem(reply, 409, NO_RECEIVER);
      }
      return options.change(request.body);
    },
  );
  admin.post('/reset', () => {
    bank.restore(null);
    faults.set({ mode: 'none' });
    options.reset();
    requests.clear();
    webhooks.reset();
    return { reset: true };
  });
}

interface SendRequest extends Omit<SendOptions, 'kind'> {
  readonly ids?: readonly string[];
  /** `booked` unless the bank sends only pointers. */
  readonly event?: 'booked' | 'reversed';
}

function addWebhookSending(admin: FastifyInstance, simulation: Simulation): void {
  const { bank, options, settings, webhooks } = simulation;
  admin.post<{ Body: SendRequest }>(
    '/webhooks/send',
    { schema: { body: SEND_SCHEMA } },
    async (request, reply) => {
      if (options.current().webhookUrl === null || settings.webhookSecret === null) {
        return sendProblem(reply, 409, NO_RECEIVER);
      }
      const { ids, event, ...sending } = request.body;
      const kind = event ?? (options.current().webhookEvents === 'full' ? 'booked' : 'pointer');
      const lines = bank.select({ ids }).filter((line) => line.status === 'booked');
      const deliveries = await webhooks.send(lines, { ...sending, kind });
      const statuses: Record<string, number> = {};
      for (const { status } of deliveries) {
        const name = status === null ? 'unreachable' : status.toString();
        statuses[name] = (statuses[name] ?? 0) + 1;
      }
      const shown = deliveries.length <= DELIVERIES_SHOWN_MAX ? { deliveries } : {};
      return { sent: deliveries.length, statuses, ...shown };
    },
  );
}

const FAULT_SCHEMA = {
  type: 'object',
  required: ['mode'],
  additionalProperties: false,
  properties: {
    mode: { enum: FAULT_MODES },
    times: { type: 'integer', minimum: 1 },
    page: { type: 'integer', minimum: 1 },
    endpoint: { enum: ['rows', 'token', 'all'] },
    delayMs: { type: 'integer', minimum: 0 },
    retryAfterSeconds: { type: 'integer', minimum: 0 },
    status: { type: 'integer', minimum: 200, maximum: 599 },
    contentType: { type: 'string' },
    body: { type: 'string' },
  },
} as const;

const SETTINGS_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    pageSize: { type: 'integer', minimum: 1, maximum: 10_000 },
    amountsAsNumbers: { type: 'boolean' },
    idsStable: { type: 'boolean' },
    webhooks: { enum: ['off', 'auto'] },
    webhookUrl: { type: ['string', 'null'] },
    postedOrder: { enum: ['final', 'zero', 'absent'] },
    tokenLifetimeSeconds: { type: 'integer', minimum: 0 },
    expiresInAs: { enum: ['string', 'number'] },
    pendingEnvelope: { enum: ['schema', 'example'] },
    jsonDialect: { enum: ['default', 'standard-bank', 'fnb'] },
    berlinAmounts: { enum: ['signed', 'unsigned'] },
    berlinBody: { enum: ['json', 'camt052', 'mt940'] },
    webhookSignature: { enum: ['standard', 'hex'] },
    webhookHexHeader: { type: 'string' },
    webhookHexTimestampHeader: { type: ['string', 'null'] },
    webhookHexPrefix: { enum: ['', 'sha256='] },
    webhookEvents: { enum: ['full', 'pointer'] },
  },
} as const;

const SEND_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ids: { type: 'array', items: { type: 'string' } },
    event: { enum: ['booked', 'reversed'] },
    copies: { type: 'integer', minimum: 1, maximum: 10_000, default: 1 },
    tamper: { enum: ['none', 'body', 'signature', 'stale', 'resigned-body'], default: 'none' },
    concurrency: { type: 'integer', minimum: 1, maximum: 256, default: 8 },
    ageSeconds: { type: 'integer', default: 0 },
  },
} as const;
