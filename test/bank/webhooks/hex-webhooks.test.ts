import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isCoded } from '../../../domain/errors.ts';
import { verifyHexWebhook, type HexScheme } from '../../../bank/webhooks/verify-hex-webhook.ts';
import type { WebhookHeaders } from '../../../bank/webhooks/webhook-headers.ts';

const SECRET = 'the secret of this bank as it stands';
const NOW = new Date('2026-11-20T10:00:00Z');
const SECONDS = (NOW.getTime() / 1000).toString();
const BODY = Buffer.from('{"type":"transaction.booked"}');
const PLAIN: HexScheme = { signatureHeader: 'x-bank-signature', timestampHeader: null };
const TIMED: HexScheme = { signatureHeader: 'x-bank-signature', timestampHeader: 'x-bank-time' };

const hex = (text: string | Buffer, secret = SECRET) =>
  createHmac('sha256', secret).update(text).digest('hex');

function outcomeOf(
  headers: WebhookHeaders,
  { scheme = PLAIN, rawBody = BODY, secrets = [SECRET] } = {},
): string {
  try {
    verifyHexWebhook({ secrets, headers, rawBody, now: NOW }, scheme);
  } catch (error) {
    if (isCoded(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a hex signature', () => {
  it('matches a published example', () => {
    // The example that GitHub gives for its webhooks: secret, body and signature.
    const secret = "It's a Secret to Everybody";
    const signature = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const headers = { 'x-hub-signature-256': `sha256=${signature}` };
    expect(
      outcomeOf(headers, {
        scheme: { signatureHeader: 'x-hub-signature-256', timestampHeader: null },
        rawBody: Buffer.from('Hello, World!'),
        secrets: [secret],
      }),
    ).toBe('accepted');
  });

  it.each([
    ['bare', hex(BODY)],
    ['in capitals', hex(BODY).toUpperCase()],
    ['with its algorithm', `sha256=${hex(BODY)}`],
    ['beside an older one', `${hex(BODY, 'old')}, ${hex(BODY)}`],
  ])('passes %s', (_name, signature) => {
    expect(outcomeOf({ 'X-Bank-Signature': signature })).toBe('accepted');
  });

  it('passes for each currently valid secret', () => {
    const headers = { 'x-bank-signature': hex(BODY, 'next') };
    expect(outcomeOf(headers, { secrets: [SECRET, 'next'] })).toBe('accepted');
    expect(outcomeOf(headers)).toBe('webhook.bad_signature');
    expect(outcomeOf(headers, { secrets: [] })).toBe('webhook.bad_signature');
  });

  it.each<[string, WebhookHeaders]>([
    ['no header', {}],
    ['a header twice', { 'x-bank-signature': [hex(BODY), hex(BODY)] }],
    ['a cut signature', { 'x-bank-signature': hex(BODY).slice(1) }],
    ['another body', { 'x-bank-signature': hex('{}') }],
    ['base64', { 'x-bank-signature': Buffer.from(hex(BODY), 'hex').toString('base64') }],
  ])('fails with %s', (_name, headers) => {
    expect(outcomeOf(headers)).toBe('webhook.bad_signature');
  });

  it('covers the time where the bank signs one, within five minutes', () => {
    const timed = (seconds: string, signed = seconds) => ({
      'x-bank-time': seconds,
      'x-bank-signature': hex(`${signed}.${BODY.toString()}`),
    });
    const later = (Number(SECONDS) + 301).toString();
    expect(outcomeOf(timed(SECONDS), { scheme: TIMED })).toBe('accepted');
    expect(outcomeOf(timed(later), { scheme: TIMED })).toBe('webhook.bad_signature');
    expect(outcomeOf(timed(SECONDS, later), { scheme: TIMED })).toBe('webhook.bad_signature');
    expect(outcomeOf({ 'x-bank-signature': hex(BODY) }, { scheme: TIMED })).toBe(
      'webhook.bad_signature',
    );
  });

  it('gives a retry the id of its first delivery, whatever its time', () => {
    const idAt = (seconds: string) =>
      verifyHexWebhook(
        {
          secrets: [SECRET],
          rawBody: BODY,
          now: NOW,
          headers: {
            'x-bank-time': seconds,
            'x-bank-signature': hex(`${seconds}.${BODY.toString()}`),
          },
        },
        TIMED,
      ).id;
    expect(idAt((Number(SECONDS) - 60).toString())).toBe(idAt(SECONDS));
  });
});
