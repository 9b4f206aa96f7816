import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readBankEvent } from '../../bank/webhooks/read-bank-event.ts';
import { verifyStandardWebhook } from '../../bank/webhooks/verify-standard-webhook.ts';
import { findBankAccount } from '../../db/queries/bank-accounts.ts';
import { insertBankEvent } from '../../db/queries/bank-events.ts';
import { CodedError } from '../../domain/errors.ts';
import { parseCurrency } from '../../domain/money.ts';
import type { ApiApp, ApiDeps } from '../deps.ts';
import { problems } from '../route-problems.ts';
import { accountKey, noQuery } from '../wire.ts';

const BODY_BYTES_MAX = 256 * 1024;

/**
 * Stores a webhook and rings the relay's bell; what it means is found out after the answer.
 * The signature is checked on the bytes as they came, before anything reads them.
 */
export async function bankWebhookRoute(app: ApiApp, deps: ApiDeps): Promise<void> {
  await app.register((scope: ApiApp, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX },
      (_request, body, parsed) => {
        parsed(null, body);
      },
    );
    addRoute(scope, deps);
    done();
  });
}

function addRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/webhooks/bank/:key',
    bodyLimit: BODY_BYTES_MAX,
    config: {
      policy: { kind: 'signature' },
      rateLimit: { max: deps.rateLimits.webhooksPerMinute },
    },
    schema: {
      tags: ['webhooks'],
      summary: 'An event from the bank, signed as Standard Webhooks defines',
      description:
        'Headers webhook-id, webhook-timestamp and webhook-signature. 202 means stored; an event that comes again is stored once.',
      params: z.strictObject({ key: accountKey }),
      querystring: noQuery,
      response: {
        202: z.strictObject({ outcome: z.enum(['stored', 'repeated']) }),
        ...problems(
          'account.not_found',
          'request.body_too_large',
          'request.unsupported_media_type',
          'webhook.bad_signature',
          'webhook.key_reused',
          'webhook.unreadable',
          'config.invalid',
        ),
      },
    },
    handler: async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const outcome = await storeEvent(deps, request.params.key, request.headers, rawBody);
      return reply.code(202).send({ outcome });
    },
  });
}

async function storeEvent(
  deps: ApiDeps,
  key: string,
  headers: Parameters<typeof verifyStandardWebhook>[0]['headers'],
  rawBody: Buffer,
): Promise<'stored' | 'repeated'> {
  const now = deps.clock();
  const secrets = await deps.webhookSecretsOf(key);
  const { id: eventId } = verifyStandardWebhook({ secrets, headers, rawBody, now });
  const account = await findBankAccount(deps.database.db, key);
  if (account === null) {
    throw new CodedError('account.not_found', 'There is no such bank account.');
  }
  readBankEvent(
    rawBody,
    {
      accountId: account.bankAccountId ?? '',
      currency: parseCurrency(account.currency),
      timeZone: account.timeZone,
    },
    now,
  );
  const bodySha256 = createHash('sha256').update(rawBody).digest('hex');
  const intake = await deps.database.db.transaction((tx) =>
    insertBankEvent(tx, { accountKey: key, eventId, body: rawBody, bodySha256 }),
  );
  if (intake === 'conflict') {
    throw new CodedError(
      'webhook.key_reused',
      'This webhook id came before with another body: send a new event under a new id.',
    );
  }
  return intake;
}
