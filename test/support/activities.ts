import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import type { Capture } from '../../app/capture/capture.ts';
import { captureLines } from '../../app/capture/capture-lines.ts';
import type { CaptureOutcome } from '../../app/capture/capture-outcome.ts';
import type { Feed } from '../../bank/feeds/feed.ts';
import type { Database } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';
import { REMIND_DAYS } from '../../domain/review/aging.ts';
import { customerCodeFromNumber } from '../../domain/reference/customer-code.ts';
import type { SnapshotScope } from '../../domain/line/identity.ts';
import { parseLocalDate } from '../../domain/local-date.ts';
import { ZAR } from '../../domain/money/money.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import { seedBankAccount } from './ledger.ts';
import { waitFor } from './wait-for.ts';

/** Noon in Johannesburg on the day of the tests. */
export const NOW = new Date('2026-11-20T10:00:00Z');
export const TODAY = parseLocalDate('2026-11-20');

/** A whole window around the day of the tests, which is over. */
export const WHOLE_DAYS: SnapshotScope = {
  kind: 'complete',
  from: parseLocalDate('2026-11-18'),
  to: parseLocalDate('2026-11-22'),
  lastClosedDay: parseLocalDate('2026-11-22'),
};

/** A booked credit of R50.00 without an id. */
export function aSighting(given: Partial<Sighting> = {}): Sighting {
  return {
    bankId: null,
    bookingDate: TODAY,
    valueDate: null,
    amountMinor: 5_000n,
    direction: 'credit',
    currency: ZAR,
    status: 'booked',
    reversal: false,
    references: [],
    text: 'PAYSHAP CREDIT',
    counterparty: { name: null, account: null },
    runningBalanceMinor: null,
    position: 'page 1, row 1',
    ...given,
  };
}

/** Captures like a poll of whole days with unstable ids. */
export function poll(
  db: Database,
  accountKey: string,
  sightings: readonly Sighting[],
  given: Partial<Capture> = {},
): Promise<CaptureOutcome> {
  return captureLines(db, {
    accountKey,
    feed: 'poll',
    idStable: false,
    runId: null,
    scope: WHOLE_DAYS,
    startedAt: new Date(),
    sightings,
    ...given,
  });
}

/** Captures one row like the inbox relay. */
export function notify(
  db: Database,
  accountKey: string,
  sighting: Sighting,
): Promise<CaptureOutcome> {
  return poll(db, accountKey, [sighting], {
    feed: 'webhook',
    idStable: true,
    scope: { kind: 'partial' },
  });
}

/** Captures deposits with these references and amounts; answers their ids in order. */
export async function deposits(
  db: Database,
  accountKey: string,
  rows: readonly (Partial<Pick<Sighting, 'amountMinor' | 'bookingDate' | 'currency'>> & {
    readonly reference: string;
  })[],
  given: Partial<Capture> = {},
): Promise<readonly string[]> {
  const sightings = rows.map(({ reference, ...rest }) =>
    aSighting({ references: [reference], ...rest }),
  );
  const { placements } = await poll(db, accountKey, sightings, given);
  return placements.map((placement) => {
    if (placement.kind === 'new' && placement.depositId !== null) return placement.depositId;
    throw new Error(`This row made no deposit: ${placement.kind}.`);
  });
}

/** A new bank account for one test; answers its key. */
export async function anAccount(db: Database): Promise<string> {
  const key = `a-${randomUUID().slice(0, 8)}`;
  await seedBankAccount(db, key);
  return key;
}

let lastWalletNumber = 1_000;

/** A new open wallet for one test. */
export async function aWallet(
  db: Database,
): Promise<{ readonly walletId: string; readonly code: string }> {
  const walletId = newId('wallet');
  const code = customerCodeFromNumber((lastWalletNumber += 1));
  await db.execute(sql`insert into wallets (id, code) values (${walletId}, ${code})`);
  return { walletId, code };
}

export async function closeWallet(db: Database, walletId: string): Promise<void> {
  await db.execute(sql`update wallets set status = 'closed' where id = ${walletId}`);
}

/** The default settings. */
export const TEST_SETTINGS: ActivityDependencies['settings'] = {
  bulkAbove: 250,
  overlapDays: 7,
  aging: { remindDays: REMIND_DAYS, escalateDays: 10, reviewDays: 20 },
  reviewFinal: 'suspense',
  fourEyesAboveMinor: 500_000n,
};

/** Dependencies of activities: a real database, a fixed clock, and a record of each workflow start. */
export interface TestDependencies extends ActivityDependencies {
  readonly started: DepositWorkflowRef[];
  /** Statement files whose import was started. */
  readonly imported: string[];
}

export function createTestDependencies(
  database: Database,
  given: Partial<ActivityDependencies> & { readonly feed?: Feed } = {},
): TestDependencies {
  const started: DepositWorkflowRef[] = [];
  const imported: string[] = [];
  const { feed } = given;
  return {
    database,
    clock: () => NOW,
    polledAccount: (accountKey) =>
      feed === undefined
        ? Promise.reject(new Error('This test polls no bank.'))
        : Promise.resolve({
            accountKey,
            timeZone: 'Africa/Johannesburg',
            currency: 'ZAR',
            feed,
          }),
    startDeposit: (ref) => {
      started.push(ref);
      return Promise.resolve('started');
    },
    deliverDecision: () => Promise.resolve(),
    startDecision: () => Promise.resolve(),
    wakeDeposit: () => Promise.resolve(),
    auditAnchor: null,
    startImport: (file) => {
      imported.push(file.fileId);
      return Promise.resolve();
    },
    settings: TEST_SETTINGS,
    started,
    imported,
    ...given,
  };
}

/**
 * The context in which an activity heartbeats, sleeps and is cancelled; it does not log failures that a test expects.
 */
export function activityContext(): MockActivityEnvironment {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
}

/** Counts journals and postings, so that a test can assert that nothing moved. */
export async function countMoves(db: Database): Promise<{ journals: number; postings: number }> {
  const [row] = await db.execute<{ journals: number; postings: number }>(sql`
    select (select count(*) from journals)::int as journals, (select count(*) from postings)::int as postings`);
  return { journals: row?.journals ?? 0, postings: row?.postings ?? 0 };
}

export async function stateOf(db: Database, depositId: string): Promise<string | null> {
  const [row] = await db.execute<{ state: string }>(
    sql`select state from deposits where id = ${depositId}`,
  );
  return row?.state ?? null;
}

export async function walletBalance(
  db: Database,
  walletId: string,
): Promise<{ credits: string; remainder: string; seq: string }> {
  const [row] = await db.execute<{ credits: string; remainder: string; seq: string }>(sql`
    select credits::text, remainder_minor::text as remainder, last_seq::text as seq from wallets where id = ${walletId}`);
  if (row === undefined) throw new Error('Wallet not found.');
  return { credits: row.credits, remainder: row.remainder, seq: row.seq };
}

/** Runs `work` while a superuser has the locks that `lock` takes, until `release` is called or the test ends. */
export async function whileLocked<T>(
  owner: postgres.Sql,
  lock: (session: postgres.TransactionSql) => PromiseLike<unknown>,
  work: (release: () => Promise<void>) => Promise<T>,
): Promise<T> {
  let open: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    open = resolve;
  });
  let taken: () => void = () => undefined;
  const isTaken = new Promise<void>((resolve) => {
    taken = resolve;
  });
  const session = owner.begin(async (tx) => {
    await lock(tx);
    taken();
    await released;
  });
  const release = async () => {
    open();
    await session;
  };
  try {
    await Promise.race([isTaken, session]);
    return await work(release);
  } finally {
    await release();
  }
}

/** Waits until a session of the application waits for a lock; answers its process id. */
export function findBlockedSession(owner: postgres.Sql): Promise<number> {
  return waitFor('a session waits for a lock', async () => {
    const [row] = await owner<{ pid: number }[]>`
      select pid from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid() limit 1`;
    return row?.pid ?? null;
  });
}
