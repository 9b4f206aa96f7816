import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { createTerminal, toJson } from '../cli/terminal.ts';
import { openDatabase, type Database } from '../db/client.ts';
import { migrate } from '../db/migrate.ts';
import { sealEvents } from '../db/queries/audit-seals.ts';
import { verify } from '../db/queries/verify/verify.ts';
import { startPostgres } from '../embedded/postgres.ts';

const DEPOSITS = 1_000_000;
const CHUNK = 10_000;
const DEPOSITS_OF_A_WALLET = 50;
const SECONDS_MAX = 120;
const MEGABYTES_MAX = 500;

interface CheckTime {
  readonly id: string;
  readonly seconds: number;
}

/** `npm run bench -- verify [--deposits N] [--json]`: fills a database of its own by the ledger's functions and checks it whole, then since its last tenth. */
export async function benchVerify(args: readonly string[]): Promise<void> {
  const terminal = createTerminal();
  const at = args.indexOf('--deposits');
  const deposits = at === -1 ? DEPOSITS : Number.parseInt(args[at + 1] ?? '', 10);
  if (!(deposits >= CHUNK && deposits % CHUNK === 0))
    throw new RangeError(`--deposits takes a multiple of ${CHUNK}.`);
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-bench-verify-'));
  await chmod(dataDir, 0o755);
  const server = await startPostgres({ dataDir, fast: true });
  const handle = openDatabase({
    url: server.url,
    poolSize: 2,
    applicationName: 'purser-bench',
    as: 'owner',
    statementTimeoutMs: 600_000,
    transactionTimeoutMs: 3_600_000,
  });
  try {
    await migrate(server.url);
    const lastTenth = await fill(handle.db, deposits, terminal.progress);
    await handle.db.execute(sql`vacuum analyze`);
    const whole = await measure(handle.db, undefined);
    const since = await measure(handle.db, lastTenth);
    const megabytes = Math.round(process.resourceUsage().maxRSS / 1_024);
    const report = { deposits, whole, since, megabytes };
    terminal.print(
      args.includes('--json')
        ? toJson(report)
        : [
            `${deposits} deposits: checked whole in ${whole.seconds} s, since the last tenth in ${since.seconds} s; this process took ${megabytes} MB at most`,
            ...whole.slowest.map(({ id, seconds }) => `  whole ${id.padEnd(14)} ${seconds} s`),
            ...since.slowest.map(({ id, seconds }) => `  since ${id.padEnd(14)} ${seconds} s`),
          ].join('\n'),
    );
    if (!whole.ok || whole.seconds > SECONDS_MAX || megabytes > MEGABYTES_MAX) process.exitCode = 1;
  } finally {
    await handle.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(database: Database, since: bigint | undefined) {
  const startedAt = Date.now();
  const times: CheckTime[] = [];
  let last: { readonly id: string; readonly at: number } | null = null;
  const end = () => {
    if (last !== null) times.push({ id: last.id, seconds: (Date.now() - last.at) / 1_000 });
  };
  const { ok, checks } = await verify(database, {
    since,
    onProgress: ({ id }) => {
      end();
      last = { id, at: Date.now() };
    },
  });
  end();
  const broken = checks.filter((check) => !check.ok);
  if (broken.length > 0) process.stderr.write(`${toJson(broken)}\n`);
  const slowest = times.sort((a, b) => b.seconds - a.seconds).slice(0, 12);
  return { ok, seconds: (Date.now() - startedAt) / 1_000, slowest };
}

/** Captures and credits deposits as the ledger does, thousands in a statement; answers the seal before the last tenth. */
async function fill(
  database: Database,
  deposits: number,
  progress: (text: string) => void,
): Promise<bigint> {
  const wallets = Math.ceil(deposits / DEPOSITS_OF_A_WALLET);
  await database.execute(sql`
    select write_bank_account('main', '{"bank_name": "Bench", "currency": "ZAR", "time_zone": "Africa/Johannesburg"}', true)`);
  await database.execute(sql`
    insert into wallets (id, code, code_kind, external_ref)
    select 'wal_' || i, 'CUS' || lpad(i::text, 8, '0'), 'legacy', 'crm-' || i from generate_series(1, ${wallets}::int) i`);
  let lastTenth = 0n;
  for (let from = 0; from < deposits; from += CHUNK) {
    await capture(database, from, wallets);
    await credit(database, from, wallets);
    const { head } = await sealEvents(database, CHUNK);
    if (from < deposits * 0.9) lastTenth = head.seq;
    if (from % (10 * CHUNK) === 0) progress(`${from} of ${deposits} deposits`);
  }
  for (;;) if ((await sealEvents(database, CHUNK)).sealed === 0) return lastTenth;
}

const ROWS = (from: number, wallets: number) => sql`
  (select i, 'dep_' || md5(i::text) as deposit, 'wal_' || (i % ${wallets}::int + 1) as wallet, 5000 * (1 + i % 7)::bigint as amount,
          'CUS' || lpad((i % ${wallets}::int + 1)::text, 8, '0') as code, date '2024-01-01' + i / 2000 as day
     from generate_series(${from}::int, ${from + CHUNK - 1}::int) i)`;

async function capture(database: Database, from: number, wallets: number): Promise<void> {
  await database.execute(sql`
    select count(*) from (
      select array_agg('facts-' || i) as facts, array_agg(1) as ones, array_agg('txn-' || i) as keys, array_agg(day) as days,
             array_agg(amount) as amounts, array_agg('ZAR'::text) as currencies, array_agg(false) as noes, array_agg(true) as yeses,
             array_agg('{' || code || '}') as refs, array_agg('PAYSHAP CREDIT'::text) as texts, array_agg('Payer ' || i) as names,
             array_agg('62' || i) as accounts, array_agg(deposit) as deposits, array_agg('T' || i) as bank_ids,
             array_agg(null::text) as no_texts, array_agg(null::bigint) as no_numbers, array_agg(null::date) as no_days
        from ${ROWS(from, wallets)} r) a,
      capture_lines('main', null, 'poll', 'poll', 1::smallint, facts, ones, keys, days, no_days, amounts, currencies, noes, refs, texts, names,
                    accounts, deposits, no_texts, yeses, bank_ids, no_texts, no_numbers, no_numbers, no_texts, no_numbers) c`);
}

async function credit(database: Database, from: number, wallets: number): Promise<void> {
  await database.execute(sql`
    with credits as (
      select row_number() over (order by r.i) as idx, r.*, w.last_seq + row_number() over own as seq,
             w.prepaid_minor + sum(r.amount) over own as prepaid, w.credits + sum(r.amount / 5000) over own as credits_after
        from ${ROWS(from, wallets)} r join wallets w on w.id = r.wallet window own as (partition by r.wallet order by r.i)
    ), j as (
      select array_agg('credit'::text order by idx) as kinds, array_agg(deposit order by idx) as deposits, array_agg(0::smallint) as zeros,
             array_agg(null::bigint) as no_numbers, array_agg(null::text) as no_texts, array_agg(null::date) as no_days,
             array_agg(wallet order by idx) as wallets, array_agg(seq order by idx) as seqs, array_agg(credits_after::bigint order by idx) as credits_after,
             array_agg(prepaid::bigint order by idx) as prepaid, array_agg(0::bigint) as nothing, array_agg(1) as rates,
             array_agg(amount order by idx) as amounts, array_agg(amount / 5000 order by idx) as credits
        from credits
    ), p as (
      select array_agg(idx::int) as journals, array_agg(leg::smallint) as legs, array_agg(account) as accounts, array_agg(bank) as banks,
             array_agg(owner) as owners, array_agg(unit) as units, array_agg(moved) as moved
        from credits c, lateral (values
          (1, 'suspense', 'main', null, 'ZAR', c.amount), (2, 'wallet_prepaid', null, c.wallet, 'ZAR', -c.amount),
          (3, 'credits_issued', null, null, 'CREDIT', c.amount / 5000), (4, 'wallet_credits', null, c.wallet, 'CREDIT', -c.amount / 5000))
          as legs (leg, account, bank, owner, unit, moved)
    )
    select post_journals(kinds, j.deposits, zeros, zeros, no_numbers, no_numbers, no_texts, no_days, wallets, seqs, credits_after, prepaid, nothing, nothing,
                         rates, no_texts, amounts, credits, 'backlog', journals, legs, accounts, banks, owners, units, moved)
      from j, p`);
}
