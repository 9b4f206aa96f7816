import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bearer,
  createdWallet,
  creditedDeposit,
  depositInReview,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';
import { readRepositoryFile } from '../support/repository.ts';
import { rounds } from '../support/rounds.ts';
import { createRequests, type OpenApiDocument } from './support/odd-requests.ts';

let service: ApiUnderTest;
let known: readonly string[];
beforeAll(async () => {
  service = await startApi();
  const wallet = await createdWallet(service);
  const credited = await creditedDeposit(service, wallet.id, 5_000n);
  const inReview = await depositInReview(service, 30_000n);
  known = [wallet.id, wallet.code, credited, inReview, 'fnb-main', '1'];
});
afterAll(() => service.close());

const DOCUMENT = JSON.parse(readRepositoryFile('docs/openapi.json')) as OpenApiDocument;

/** A test without Temporal gets this answer for what needs it. */
const NO_TEMPORAL = 'temporal.unavailable';

describe('the API', () => {
  it('answers no request of any shape with a fault of its own, and each refusal as a problem', async () => {
    const requests = createRequests(DOCUMENT, known);
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const response = await service.app.inject({
          ...request,
          headers: { ...bearer(service.personKey), ...request.headers },
          payloadAsStream: true,
        } as InjectOptions);
        const { statusCode } = response;
        seen.set(statusCode, (seen.get(statusCode) ?? 0) + 1);
        const type = String(response.headers['content-type']);
        // A stream of events has no end of its own.
        if (type.includes('event-stream')) {
          response.raw.res.destroy();
          return;
        }
        const body = await text(response.stream());
        const isProblem = type.includes('problem+json');
        if (statusCode >= 400) expect(isProblem).toBe(true);
        const code = isProblem ? (JSON.parse(body) as { code: string }).code : null;
        if (code !== NO_TEMPORAL) expect({ statusCode, code }).toSatisfy(() => statusCode < 500);
      }),
      { numRuns: rounds({ short: 1_000, long: 10_000 }) },
    );
    // Both sides of the line are played: what is taken, and what is refused.
    expect([...seen.keys()].filter((status) => status < 300)).not.toEqual([]);
    expect(seen.get(400)).toBeGreaterThan(100);
  });

  it.each([
    [
      'a number past 64 bits',
      'POST',
      '/v1/cases/9223372036854775808/close',
      { outcome: 'decided', note: 'x' },
    ],
    [
      'a forged cursor',
      'GET',
      `/v1/deposits?cursor=${Buffer.from(`9999-99-99 99:99:99+00|dep_${'0'.repeat(32)}`).toString('base64url')}`,
      null,
    ],
    [
      'a cursor of a day that is none',
      'GET',
      `/v1/runs?cursor=${Buffer.from(`2026-02-31 00:00:00+00|run_${'0'.repeat(32)}`).toString('base64url')}`,
      null,
    ],
    [
      'a wallet that is none',
      'POST',
      `/v1/wallets/wal_${'0'.repeat(32)}/payer-memory/revocations`,
      { depositId: `dep_${'0'.repeat(32)}`, reason: 'x' },
    ],
  ] as const)('refuses %s', async (_what, method, url, payload) => {
    const response = await service.app.inject({
      ...{ method, url },
      headers: { ...bearer(service.personKey), 'idempotency-key': 'odd-1' },
      ...(payload === null ? {} : { payload }),
    });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
  });

  it.each(['', '; boundary=', `; boundary=${'x'.repeat(300)}`, '; boundary="a b'])(
    'refuses an upload whose boundary is %j',
    async (boundary) => {
      const response = await service.app.inject({
        method: 'POST',
        url: '/v1/bank-accounts/fnb-main/statements',
        headers: { ...bearer(service.personKey), 'content-type': `multipart/form-data${boundary}` },
        payload: 'x',
      });
      expect(response.statusCode).toBeGreaterThanOrEqual(400);
      expect(response.statusCode).toBeLessThan(500);
    },
  );
});
