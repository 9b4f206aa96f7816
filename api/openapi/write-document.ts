import { TRIAL_ADDRESSES } from '../../bank/http/address-rule.ts';
import { createUploads } from '../uploads.ts';
import { writeFile } from 'node:fs/promises';
import fastify from 'fastify';
import { openDatabase } from '../../db/client.ts';
import { createTemporalGateway } from '../../temporal/gateway.ts';
import { buildApp } from '../build-app.ts';
import { printDocument } from './print-document.ts';

const NOWHERE = '127.0.0.1:9';

/** Writes docs/openapi.json from the routes. Nothing is asked of a database or of Temporal. */
async function writeDocument(): Promise<void> {
  const logger = fastify({ logger: false }).log;
  const database = openDatabase({
    url: `postgres://${NOWHERE}/none`,
    poolSize: 1,
    applicationName: 'purser-openapi',
    as: 'app',
  });
  const temporal = createTemporalGateway({ address: NOWHERE, namespace: 'default', logger });
  const app = buildApp({
    database,
    intake: database,
    temporal,
    apiKeyPepper: '',
    deployment: 'trial',
    trustedProxies: [],
    allowedOrigins: [],
    rateLimits: { requestsPerMinute: 1, failedAuthPerMinute: 1, webhooksPerMinute: 1 },
    webhookSecretsOf: () => [],
    bankAddresses: TRIAL_ADDRESSES,
    statementBytesMax: 1,
    approvals: { fourEyesAboveMinor: 0n, dailyLimitMinor: 0n, approvalHours: 1 },
    codeSeries: 0,
    refusals: { add: () => undefined },
    uploads: createUploads(),
    clock: () => new Date(),
    logger,
  });
  await app.ready();
  await writeFile(
    new URL('../../docs/openapi.json', import.meta.url),
    printDocument(app.swagger()),
  );
  await app.close();
  await temporal.close();
  await database.close();
}

await writeDocument();
process.stdout.write('docs/openapi.json is up to date.\n');
