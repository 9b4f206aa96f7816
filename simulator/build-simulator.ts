import { fastify, type FastifyInstance } from 'fastify';
import { addAdmin } from './admin.ts';
import { createBank, type Bank } from './bank.ts';
import { createFaultBoard } from './faults.ts';
import { createOptions } from './options.ts';
import { addBerlinGroupProtocol } from './protocols/berlin-group.ts';
import { addInvestecProtocol } from './protocols/investec.ts';
import { addJsonProtocol } from './protocols/json.ts';
import { addOpenBankingUkProtocol } from './protocols/open-banking-uk.ts';
import { addStitchProtocol } from './protocols/stitch.ts';
import { acceptForms } from './protocols/token-desk.ts';
import type { SimulatorSettings } from './settings.ts';
import type { Simulation } from './simulation.ts';
import { loadState } from './state-file.ts';
import { createWebhookSender } from './webhooks.ts';

const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

export interface Simulator {
  readonly app: FastifyInstance;
  readonly bank: Bank;
  /** Listens only on loopback and returns the URL. */
  listen(): Promise<string>;
  /** Cuts every open connection, hanging ones too. */
  close(): Promise<void>;
}

/** A bank as a server: it shares nothing with another bank in the same process. */
export function buildSimulator(settings: SimulatorSettings): Simulator {
  const stop = new AbortController();
  const options = createOptions(settings.pageSize, settings.webhookUrl);
  const bank = createBank(settings);
  const webhooks = createWebhookSender(settings, options, stop.signal);
  const requests = new Map<string, number>();
  const simulation: Simulation = {
    settings,
    bank,
    options,
    faults: createFaultBoard(),
    webhooks,
    requests,
    stopping: stop.signal,
  };
  if (settings.stateFile !== null) bank.restore(loadState(settings.stateFile));
  bank.onBooked((lines) => {
    if (options.current().webhooks === 'auto') webhooks.enqueue(lines);
  });

  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true } },
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const name = `${request.method} ${route}`;
    if (!route.startsWith('/admin')) requests.set(name, (requests.get(name) ?? 0) + 1);
    done();
  });
  acceptForms(app);
  addJsonProtocol(app, simulation);
  addInvestecProtocol(app, simulation);
  addOpenBankingUkProtocol(app, simulation);
  addBerlinGroupProtocol(app, simulation);
  addStitchProtocol(app, simulation);
  addAdmin(app, simulation);

  return {
    app,
    bank,
    listen: () => app.listen({ host: '127.0.0.1', port: settings.port }),
    close: async () => {
      stop.abort();
      await app.close();
    },
  };
}
