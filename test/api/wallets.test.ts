import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  asCustomerCode,
  codesNear,
  customerCodeFromNumber,
  mayBeTakenFor,
} from '../../domain/reference/customer-code.ts';
import {
  createdWallet,
  creditedDeposit,
  get,
  keyOf,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

interface Page {
  readonly items: readonly Record<string, unknown>[];
  readonly next: string | null;
}

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(() => service.close());

describe('the opening of a wallet', () => {
  it('gives a new checked code and an empty balance', async () => {
    const answer = await post(service, '/v1/wallets', { name: 'Thandi', externalRef: 'crm-1' });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      codeKind: 'checked',
      externalRef: 'crm-1',
      name: 'Thandi',
      status: 'open',
      balance: {
        credits: '0',
        rand: { minor: '0', currency: 'ZAR' },
        remainder: { minor: '0', currency: 'ZAR' },
      },
    });
  });

  it('gives each of 20 racing wallets its own code', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(service, '/v1/wallets', {})),
    );
    expect(answers.map((answer) => answer.statusCode)).toEqual(
      Array.from({ length: 20 }, () => 201),
    );
    expect(new Set(answers.map((answer) => answer.json<{ code: string }>().code)).size).toBe(20);
  });

  it('gives codes that do not follow one another', async () => {
    const codes: string[] = [];
    for (let at = 0; at < 10; at += 1) codes.push((await createdWallet(service)).code);
    const numbers = codes.map((code) => Number(code.slice(3, 10)));
    const steps = numbers.slice(1).map((number, at) => number - (numbers[at] ?? 0));
    expect(new Set(steps).size).toBe(steps.length);
    expect(steps.filter((step) => Math.abs(step) < 10)).toEqual([]);
  });

  it('compares exactly the codes that could be mistaken for one another', () => {
    const numbers = fc.integer({ min: 1, max: 9_999_999 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 99_999_999 }), (number, other) => {
        const code = customerCodeFromNumber(number);
        const near = codesNear(code);
        expect(near).toContain(code);
        for (const each of near) expect(each === code || mayBeTakenFor(each, code)).toBe(true);
        const far = asCode(`CUS${String(other).padStart(8, '0')}`);
        expect(near.includes(far)).toBe(far === code || mayBeTakenFor(far, code));
      }),
      { numRuns: 100 },
    );
  });
});

describe('the API, about a wallet,', () => {
  it('shows the balance in credits and in rand, by id and by code', async () => {
    const { id, code } = await createdWallet(service);
    await creditedDeposit(service, id, 27_500n);
    const byId = await get(service, `/v1/wallets/${id}`);
    expect(byId.json()).toMatchObject({
      balance: {
        credits: '5',
        rand: { minor: '27500', currency: 'ZAR' },
        remainder: { minor: '2500', currency: 'ZAR' },
      },
    });
    const byCode = await get(service, `/v1/wallets?code=${code}`);
    expect(byCode.json()).toEqual(byId.json());
  });

  it('lists its movements in pages that neither repeat nor skip, newest first', async () => {
    const { id } = await createdWallet(service);
    for (const minor of [5_000n, 7_500n, 2_500n]) await creditedDeposit(service, id, minor);
    const first = (await get(service, `/v1/wallets/${id}/transactions?limit=2`)).json<Page>();
    expect(first.items).toMatchObject([
      {
        seq: '3',
        rand: { minor: '2500' },
        credits: '1',
        balanceAfter: { credits: '3', rand: { minor: '15000' }, remainder: { minor: '0' } },
      },
      { seq: '2', rand: { minor: '7500' }, credits: '1', balanceAfter: { credits: '2' } },
    ]);
    const rest = await get(
      service,
      `/v1/wallets/${id}/transactions?limit=2&cursor=${first.next ?? ''}`,
    );
    expect(rest.json()).toMatchObject({ items: [{ seq: '1', kind: 'credit' }], next: null });
  });

  it('lists notifications newest first, and marks one read permanently', async () => {
    const { id } = await createdWallet(service);
    await creditedDeposit(service, id, 5_000n);
    await creditedDeposit(service, id, 10_000n);
    const list = (await get(service, `/v1/wallets/${id}/notifications?limit=1`)).json<Page>();
    expect(list.items).toMatchObject([{ amount: { minor: '10000' }, credits: '2', readAt: null }]);
    const next = await get(service, `/v1/wallets/${id}/notifications?cursor=${list.next ?? ''}`);
    expect(next.json()).toMatchObject({ items: [{ amount: { minor: '5000' } }], next: null });

    const url = `/v1/wallets/${id}/notifications/${String(list.items[0]?.['id'])}/read`;
    const read = await post(service, url, undefined);
    expect(read.statusCode).toBe(200);
    const again = await post(service, url, {});
    expect(again.json()).toEqual(read.json());
  });
});

describe('the registration of a legacy code', () => {
  it('needs a key that has the right to it', async () => {
    const key = await keyOf(service.database, 'service', ['wallet:create']);
    const refused = await post(service, '/v1/wallets', { legacyCode: 'CUS12345678' }, { key });
    expect(refused.statusCode).toBe(403);
    const none = await get(service, '/v1/wallets?code=CUS12345678');
    expect(none.statusCode).toBe(404);
  });
});

describe('the API, without access to a wallet,', () => {
  it('answers the same for every unknown wallet', async () => {
    const id = `wal_${'0'.repeat(32)}`;
    for (const path of [id, `${id}/transactions`, `${id}/notifications`, `${id}/events`]) {
      const answer = await get(service, `/v1/wallets/${path}`);
      expect(answer.json()).toMatchObject({ code: 'wallet.not_found', status: 404 });
    }
  });

  it('hides the notifications of one wallet from another', async () => {
    const [mine, theirs] = [await createdWallet(service), await createdWallet(service)];
    await creditedDeposit(service, theirs.id, 5_000n);
    const list = (await get(service, `/v1/wallets/${theirs.id}/notifications`)).json<Page>();
    const id = String(list.items[0]?.['id']);
    const answer = await post(service, `/v1/wallets/${mine.id}/notifications/${id}/read`, {});
    expect(answer.json()).toMatchObject({ code: 'notification.not_found', status: 404 });
  });
});

describe('the API, on a duplicate,', () => {
  it('refuses a code or an external reference that another wallet has', async () => {
    await post(service, '/v1/wallets', { externalRef: 'crm-2', legacyCode: 'CUS87654321' });
    const code = await post(service, '/v1/wallets', { legacyCode: 'CUS87654321' });
    expect(code.json()).toMatchObject({ code: 'wallet.code_taken', status: 409 });
    const reference = await post(service, '/v1/wallets', { externalRef: 'crm-2' });
    expect(reference.json()).toMatchObject({ code: 'wallet.external_ref_taken', status: 409 });
  });
});

function asCode(text: string) {
  const code = asCustomerCode(text);
  if (code === null) throw new Error(`${text} is not a customer code.`);
  return code;
}
