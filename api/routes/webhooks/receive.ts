import { z } from 'zod';
import { storeBankEvent } from '../../../app/capture/store-event.ts';
import { parseFieldMap } from '../../../bank/json/field-map.ts';
import { readBankEvent } from '../../../bank/webhooks/read-bank-event.ts';
import { verifyHexWebhook } from '../../../bank/webhooks/verify-hex-webhook.ts';
import { verifyStandardWebhook } from '../../../bank/webhooks/verify-standard-webhook.ts';
import type { VerifiedDelivery, WebhookHeaders } from '../../../bank/webhooks/webhook-headers.ts';
import { findBankAccount, type BankAccount } from '../../../db/queries/bank-accounts.ts';
import { CodedError, isCoded } from '../../../domain/errors.ts';
import { parseCurrency } from '../../../domain/money/money.ts';
import type { ApiApp, ApiDeps } from '../../deps.ts';
import { named } from '../../schemas/named.ts';
import { problems } from '../../schemas/problem.ts';
import { accountKey, noQuery } from '../../schemas/wire.ts';

const BODY_BYTES_MAX = 256 * 1024;

const receiptSchema = named(
  'BankEventReceipt',
  z.strictObject({ outcome: z.enum(['stored', 'repeated']) }),
  { description: 'The event is stored.', example: { outcome: 'stored' } },
);

/**
 * Stores a webhook and triggers the relay, which reads it after the answer.
 * The signature is checked on the raw bytes, before anything parses them.
 */
export function receiveBankEventRoute(app: ApiApp, deps: ApiDeps): void {
  app.register((scope: ApiApp, _options, done) => {
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
      operationId: 'receiveBankEvent',
      tags: ['webhooks'],
      summary: 'Receive a signed event from a bank',
      description:
        'Sign as Standard Webhooks defines (headers webhook-id, webhook-timestamp and webhook-signature), or with a hex HMAC-SHA256 in the header that the account names. 202 means stored; a repeated event is stored once.',
      params: z.strictObject({ key: accountKey }),
      querystring: noQuery,
      response: {
        202: receiptSchema,
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
      const { key } = request.params;
      try {
        const outcome = await storeEvent(deps, key, request.headers, rawBody);
        return await reply.code(202).send({ outcome });
      } catch (error) {
        // Only what the bank sent wrong: a fault of ours is no refusal.
        if (isCoded(error) && error.code.startsWith('webhook.')) deps.refusals.add(key, error.code);
        throw error;
      }
    },
  });
}

/** Checks the signature by the scheme of the account's bank. */
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
  const account = await findBankAccount(deps.intake.db, key);
  // An unknown account has no secret either, so that the answer does not reveal which accounts exist.
  const secrets = account === null ? [] : await deps.webhookSecretsOf(key);
  const { id: eventId } = verify(account, { secrets, headers, rawBody, now });
  if (account === null) {
    throw new CodedError('account.not_found', 'Bank account not found.');
  }
  readBankEvent(
    rawBody,
    {
      accountId: account.bankAccountId ?? '',
      currency: parseCurrency(account.currency),
      timeZone: account.timeZone,
      fieldMap: account.fieldMap === null ? null : parseFieldMap(account.fieldMap),
      trust: account.webhookTrust,
      unknownFields: account.unknownFields,
    },
    now,
  );
  return storeBankEvent(deps.intake.db, { accountKey: key, eventId, body: rawBody });
}
