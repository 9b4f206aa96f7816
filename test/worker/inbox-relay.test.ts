import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { relayBatch, startInboxRelay } from '../../worker/inbox-relay.ts';
import { aSighting, aWallet, poll } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { booked, createInbox, drain, type Inbox } from '../support/inbox.ts';
import { waitFor } from '../support/wait-for.ts';

let test: TestDatabase;
let inbox: Inbox;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 8 });
  inbox = createInbox(test);
});
afterEach(async () => {
  await verifyClean(test.db);
});
afterAll(() => test.close());

describe('relayBatch', () => {
  it('captures a booked line once for all its events, and dispatches its deposit', async () => {
    const account = await inbox.addAccount();
    const { dependencies, signalled } = inbox.relay();
    const body = booked(account, { id: 'T1', reference: 'CUS00001234' });
    await inbox.receive(account, [body, body]);
    expect(await relayBatch(dependencies)).toBe(2);
    await inbox.receive(account, [body]);
    expect(await relayBatch(dependencies)).toBe(1);
    expect(await inbox.outcomesOf(account)).toEqual(['captured', 'known', 'known']);
    const deposits = await test.owner<{ id: string; dispatched: boolean }[]>`
      select id, dispatched_at is not null as dispatched from deposits where bank_account_key = ${account}`;
    expect([...deposits]).toEqual([{ id: signalled[0], dispatched: true }]);
    expect(new Set(signalled).size).toBe(1);
    expect(await relayBatch(dependencies)).toBe(0);
  });

  it('holds a twin under another id, and answers `known` for a line that a poll brought', async () => {
    const account = await inbox.addAccount();
    const { dependencies } = inbox.relay();
    await poll(test.db, account, [aSighting({ bankId: 'P1', text: '', references: ['polled'] })]);
    await inbox.receive(account, [
      booked(account, { id: 'P1', reference: 'polled' }),
      booked(account, { id: 'T1', reference: 'twin' }),
      booked(account, { id: 'T2', reference: 'twin' }),
    ]);
    await relayBatch(dependencies);
    expect(await inbox.outcomesOf(account)).toEqual(['known', 'captured', 'held']);
    expect(await inbox.statesOf(account)).toEqual({ captured: 2 });
  });

  it('reads the account at once for an event that carries no line', async () => {
    const account = await inbox.addAccount();
    const { dependencies, triggered } = inbox.relay();
    const pointer = JSON.stringify({ type: 'balance.changed', accountId: account });
    await inbox.receive(account, [pointer, pointer]);
    await relayBatch(dependencies);
    expect(await inbox.outcomesOf(account)).toEqual(['pointer', 'pointer']);
    expect(triggered).toEqual([account]);
  });

  it('dispatches every deposit even if one account cannot be read at once', async () => {
    const account = await inbox.addAccount();
    const { dependencies, signalled } = inbox.relay({
      triggerPoll: () => Promise.reject(new Error('There is no such Schedule.')),
    });
    await inbox.receive(account, [
      JSON.stringify({ type: 'balance.changed', accountId: account }),
      booked(account, { id: 'T1' }),
    ]);
    expect(await relayBatch(dependencies)).toBe(2);
    expect(signalled).toHaveLength(1);
    expect(await inbox.outcomesOf(account)).toEqual(['pointer', 'captured']);
  });

  it('keeps what it captured when Temporal does not answer, so that the sweep dispatches it', async () => {
    const account = await inbox.addAccount();
    const { dependencies } = inbox.relay({
      signalDeposit: () => Promise.reject(new Error('There is no Temporal.')),
    });
    await inbox.receive(account, [booked(account, { id: 'T1' })]);
    await expect(relayBatch(dependencies)).rejects.toThrow();
    const rows = await test.owner`
      select state, dispatched_at from deposits where bank_account_key = ${account}`;
    expect([...rows]).toEqual([{ state: 'captured', dispatched_at: null }]);
  });

  it('credits a storm in sets and signals only what a person must decide', async () => {
    const account = await inbox.addAccount();
    const { code, walletId } = await aWallet(test.db);
    const { dependencies, signalled } = inbox.relay();
    await inbox.receive(
      account,
      Array.from({ length: 450 }, (_, index) =>
        booked(account, {
          id: `T${index}`,
          amount: `${50 + index}.00`,
          reference: index % 50 === 0 ? `no code ${index}` : code,
        }),
      ),
    );
    await relayBatch(dependencies);
    expect(signalled).toHaveLength(4);
    await drain(dependencies);
    expect(await inbox.statesOf(account)).toMatchObject({ captured: 9 + 245 });
    expect(await inbox.statesOf(account)).toMatchObject({ credited: 196 });
    const [wallet] = await test.owner`select last_seq from wallets where id = ${walletId}`;
    expect(wallet).toEqual({ last_seq: 196n });
    expect(signalled).toHaveLength(9 + 245);
  });

  it('shares the work between two relays: each event is handled once, and none waits without end', async () => {
    const [one, two] = [await inbox.addAccount(), await inbox.addAccount()];
    const bodies = (account: string, from: number) =>
      Array.from({ length: 100 }, (_, index) =>
        booked(account, { id: `T${from + index}`, amount: `${1 + from + index}.00` }),
      );
    await inbox.receive(one, bodies(one, 0));
    await inbox.receive(two, bodies(two, 0));
    await inbox.receive(two, bodies(two, 100));
    await inbox.receive(one, bodies(one, 100));
    const relays = [inbox.relay({ bulkAbove: 10_000 }), inbox.relay({ bulkAbove: 10_000 })];
    await Promise.all(relays.map(({ dependencies }) => drain(dependencies)));
    for (const account of [one, two]) {
      expect(await inbox.outcomesOf(account)).toEqual(
        Array.from({ length: 200 }, () => 'captured'),
      );
      expect(await inbox.statesOf(account)).toEqual({ captured: 200 });
    }
    const signalled = relays.flatMap((relay) => relay.signalled);
    expect([signalled.length, new Set(signalled).size]).toEqual([400, 400]);
  });
});

describe('startInboxRelay', () => {
  it('wakes on an event, continues after a failure, and stops when asked', async () => {
    const account = await inbox.addAccount();
    let failures = 1;
    const relay = inbox.relay();
    const running = await startInboxRelay({
      ...relay.dependencies,
      signalDeposit: (ref, event) => {
        if ((failures -= 1) >= 0) return Promise.reject(new Error('Not now.'));
        return relay.dependencies.signalDeposit(ref, event);
      },
    });
    await inbox.receive(account, [booked(account, { id: 'T1' })]);
    await waitFor(
      'the first event is handled',
      async () => (await inbox.outcomesOf(account))[0] !== null,
    );
    await inbox.receive(account, [booked(account, { id: 'T1' })]);
    await waitFor('the deposit is signalled', () => relay.signalled.length > 0);
    await running.stop();
    await inbox.receive(account, [booked(account, { id: 'T1' })]);
    expect(await inbox.outcomesOf(account)).toEqual(['captured', 'known', null]);
    await drain(relay.dependencies);
  });
});
