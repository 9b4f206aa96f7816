import { createHash } from 'node:crypto';
import { insertBankEvent } from '../../db/queries/bank-events.ts';
import { createLogger } from '../../logger.ts';
import { relayBatch, type InboxRelayDependencies } from '../../worker/inbox-relay.ts';
import { anAccount, NOW } from './activities.ts';
import type { TestDatabase } from './database.ts';

/** A relay's dependencies, with a record of the signalled deposits and of the accounts polled at once. */
export interface TestRelay {
  readonly dependencies: InboxRelayDependencies;
  readonly signalled: readonly string[];
  readonly triggered: readonly string[];
}

/** The inbox of webhook events of one test database. */
export interface Inbox {
  /** An account whose id at the bank is its key. */
  addAccount(): Promise<string>;
  /** Stores events as the API does if their signatures are valid. */
  receive(accountKey: string, bodies: readonly (string | Buffer)[]): Promise<void>;
  /** The outcomes of the account's events, in order; null for waiting ones. */
  outcomesOf(accountKey: string): Promise<readonly (string | null)[]>;
  /** Counts the deposits of the account by state. */
  statesOf(accountKey: string): Promise<Readonly<Record<string, number>>>;
  relay(given?: Partial<InboxRelayDependencies>): TestRelay;
}

export function createInbox(test: TestDatabase): Inbox {
  let eventCount = 0;
  return {
    addAccount: async () => {
      const key = await anAccount(test.db);
      await test.owner`update bank_accounts set bank_account_id = ${key} where key = ${key}`;
      return key;
    },
    receive: (accountKey, bodies) =>
      test.db.transaction(async (tx) => {
        for (const text of bodies) {
          const body = Buffer.from(text);
          eventCount += 1;
          await insertBankEvent(tx, {
            accountKey,
            eventId: `event-${eventCount}`,
            body,
            bodySha256: createHash('sha256').update(body).digest('hex'),
          });
        }
      }),
    outcomesOf: async (accountKey) => {
      const rows = await test.owner<{ outcome: string | null }[]>`
        select outcome from bank_events where bank_account_key = ${accountKey} order by id`;
      return rows.map(({ outcome }) => outcome);
    },
    statesOf: async (accountKey) => {
      const rows = await test.owner<{ state: string; count: number }[]>`
        select state, count(*)::int from deposits where bank_account_key = ${accountKey} group by state`;
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },
    relay: (given = {}) => {
      const signalled: string[] = [];
      const triggered: string[] = [];
      const dependencies: InboxRelayDependencies = {
        database: test.db,
        listener: test.owner,
        clock: () => NOW,
        bulkAbove: 250,
        signalDeposit: (ref) => {
          signalled.push(ref.depositId);
          return Promise.resolve();
        },
        triggerPoll: (accountKey) => {
          triggered.push(accountKey);
          return Promise.resolve();
        },
        logger: createLogger({ level: 'silent', name: 'test' }),
        ...given,
      };
      return { dependencies, signalled, triggered };
    },
  };
}

/** Relays batch after batch until no event waits. */
export async function drain(dependencies: InboxRelayDependencies): Promise<void> {
  while ((await relayBatch(dependencies)) > 0);
}

/** A `transaction.booked` event of R50.00, as the bank sends it. */
export function booked(
  accountKey: string,
  row: { readonly id?: string; readonly amount?: unknown; readonly reference?: string },
): string {
  return JSON.stringify({
    type: 'transaction.booked',
    accountId: accountKey,
    transaction: {
      date: '2026-11-20',
      amount: '50.00',
      currency: 'ZAR',
      type: 'credit',
      status: 'booked',
      reference: '',
      ...row,
    },
  });
}
