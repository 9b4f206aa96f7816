import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseFieldMap } from '../../../bank/json/field-map.ts';
import { readBankEvent } from '../../../bank/webhooks/read-bank-event.ts';
import { verifyHexWebhook } from '../../../bank/webhooks/verify-hex-webhook.ts';
import { verifyStandardWebhook } from '../../../bank/webhooks/verify-standard-webhook.ts';
import type { VerifiedDelivery, WebhookHeaders } from '../../../bank/webhooks/webhook-headers.ts';
import { findBankAccount, type BankAccount } from '../../../db/queries/bank-accounts.ts';
import { insertBankEvent } from '../../../db/queries/bank-events.ts';
import { CodedError } from '../../../domain/errors.ts';
import { parseCurrency } from '../../../domain/money/money.ts';
import type { ApiApp, ApiDeps } from '../../deps.ts';
import { problems } from '../../schemas/problem.ts';
import { accountKey, noQuery } from '../../schemas/wire.ts';

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
      summary: 'An event from the bank, signed',
      description:
        'Signed as Standard Webhooks defines (headers webhook-id, webhook-timestamp and webhook-signature), or by a hex HMAC-SHA256 in the header that the account names. 202 means stored; an event that comes again is stored once.',
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

/** By the scheme of the account's bank; what it signs is checked before anything reads it. */
function verify(
  account: BankAccount | null,
  delivery: Parameters<typeof verifyStandardWebhook>[0],
): VerifiedDelivery {
  if (account?.webhookSignature !== 'hex') return verifyStandardWebhook(delivery);
  return verifyHexWebhook(delivery, {
    signatureHeader: account.webhookSignatureHeader,
    timestampHeader: account.webhookTimestampHeader,
  });
}

async function storeEvent(
  deps: ApiDeps,
  key: string,
  headers: WebhookHeaders,
  rawBody: Buffer,
): Promise<'stored' | 'repeated'> {
  const now = deps.clock();
  const account = await findBankAccount(deps.database.db, key);
  // An account that we do not have has no secret either: nobody learns from the answer which ones there are.
  const secrets = account === null ? [] : await deps.webhookSecretsOf(key);
  const { id: eventId } = verify(account, { secrets, headers, rawBody, now });
  if (account === null) {
    throw new CodedError('account.not_found', 'There is no such bank account.');
  }
  readBankEvent(
    rawBody,
    {
      accountId: account.bankAccountId ?? '',
      currency: parseCurrency(account.currency),
      timeZone: account.timeZone,
      fieldMap: account.fieldMap === null ? null : parseFieldMap(account.fieldMap),
      trust: account.webhookTrust,
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
