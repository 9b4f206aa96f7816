import { setTimeout as delay } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import pc from 'picocolors';
import { loadConfig } from '../../config.ts';
import { verify } from '../../db/queries/verify/verify.ts';
import { sumDepositsByState, sumWallets } from '../../db/queries/status.ts';
import type { Database } from '../../db/client.ts';
import { sumCreditedByCode } from '../../db/queries/credited-totals.ts';
import { printRand } from '../../domain/money/money-text.ts';
import { removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { withDatabase } from '../environment.ts';
import { reconcileNow } from '../reconcile-now.ts';
import { printRun, runToJson, type RunRow } from '../report-run.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { TRIAL_FEEDS, type TrialFeedName } from '../stack/trial-feeds.ts';
import { createBankOfTrial, type Truth } from '../stack/trial-bank.ts';
import { untilAskedToStop } from '../supervise.ts';
import { createTerminal, toJson, type Terminal } from '../terminal.ts';
import { trialApiKey } from '../trial-key.ts';

const SETTLE_MS_MAX = 60_000;

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'run the trial in a temporary folder, play a day at the bank and stop; exit 0 only if every deposit ended where it should',
    )
    .option('--json', 'print one JSON object')
    .option('--seed <seed>', 'seed of the simulated bank', '1')
    .addOption(
      new Option('--feed <protocol>', 'bank protocol that the simulated bank uses')
        .choices(TRIAL_FEEDS)
        .default('json'),
    )
    .action(async (options: { json?: true; seed: string; feed: TrialFeedName }) => {
      const terminal = createTerminal();
      const startedAt = Date.now();
      const dataDir = await throwAwayFolder();
      const stack = await startDemoStack(dataDir, options, terminal);
      try {
        const asked = untilAskedToStop().then((why) =>
          Promise.reject(new Error(`The demo was stopped early (${why}).`)),
        );
        const report = {
          ...(await Promise.race([playDemo(stack, terminal), asked])),
          tookMs: Date.now() - startedAt,
        };
        terminal.print(
          options.json
            ? toJson({
                ...report,
                runs: report.runs.map(({ what, run }) => ({ what, ...runToJson(run) })),
              })
            : printDemo(report),
        );
        if (!report.ok) process.exitCode = 1;
      } finally {
        terminal.progress('Stopping');
        await stack.stop();
        await removeThrowAwayFolder(dataDir);
      }
    });
}

async function startDemoStack(
  dataDir: string,
  { seed, feed }: { readonly seed: string; readonly feed: TrialFeedName },
  terminal: Terminal,
): Promise<Stack> {
  // A demo must not write to your own servers and banks, so their settings stay out.
  const own =
    /^(DATABASE_|MIGRATION_|TEMPORAL_ADDRESS|TEMPORAL_NAMESPACE|TEMPORAL_API_KEY|TEMPORAL_TLS|BANK_|API_|DEPLOYMENT|BULK_|POLL_)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  try {
    return await startStack({
      env,
      dataDir,
      freePorts: true,
      simulatorSeed: seed,
      feed,
      onProgress: terminal.progress,
    });
  } catch (error) {
    await removeThrowAwayFolder(dataDir);
    throw error;
  }
}

/** One read of the bank, and the events there meanwhile. */
interface DemoRun {
  readonly what: string;
  readonly run: RunRow;
}

/**
 * A day at the bank: ordinary deposits, webhooks that race the poll, equal lines, late lines, new ids for known lines.
 */
async function playDemo(stack: Stack, terminal: Terminal) {
  const config = loadConfig(stack.env);
  return withDatabase(config, async ({ db }) => {
    const bank = createBankOfTrial(
      stack,
      await trialApiKey(db, stack.dataDir, config.API_KEY_PEPPER ?? ''),
    );
    const [first, second] = await bank.openWallets(3);
    if (first === undefined || second === undefined) throw new Error('The demo needs wallets.');
    await bank.makeDemoLines();
    const runs: DemoRun[] = [];
    const reconcile = async (what: string) => {
      terminal.progress(what);
      runs.push({ what, run: await reconcileNow(config, db, config.BANK_ACCOUNT_KEY) });
    };
    await reconcile('Reading the bank for the first time');
    await bank.admin('settings', {
      webhookUrl: `${stack.apiUrl}/webhooks/bank/${config.BANK_ACCOUNT_KEY}`,
    });
    const late = { amountMinor: '15000', expect: { outcome: 'credited', code: first.code } };
    const added = await bank.admin('lines', [
      { ...late, reference: first.code },
      { ...late, reference: first.code },
      { ...late, reference: second.code, expect: { outcome: 'credited', code: second.code } },
    ]);
    const [webhooks] = await Promise.all([
      bank.admin('webhooks/send', { ids: idsOf(added), copies: 3, concurrency: 4 }),
      reconcile('Reading the bank again while it sends each new deposit three times by webhook'),
    ]);
    if (webhooks === null) throw new Error('The simulator bank sent no webhooks.');
    await bank.admin('book-pending', {});
    await bank.admin('reissue-ids', {});
    await reconcile(
      'Reading the bank once more, with pending lines booked and new ids for known lines',
    );
    return judge(db, await bank.truth(), runs);
  });
}

function idsOf(added: unknown): readonly string[] {
  if (typeof added === 'object' && added !== null && 'ids' in added && Array.isArray(added.ids))
    return added.ids.map(String);
  throw new Error('The simulator bank gave no ids for its new lines.');
}

/** Compares the ledger with the bank's truth once no deposit is being processed. */
async function judge(database: Database, truth: Truth, runs: readonly DemoRun[]) {
  const states = await settledStates(database);
  const of = (state: string) => {
    const found = states.filter((total) => total.state === state);
    return {
      count: found.reduce((sum, total) => sum + total.count, 0),
      minor: found.reduce((sum, total) => sum + total.amountMinor, 0n),
    };
  };
  const [credited, inReview] = [of('credited'), of('in_review')];
  const total = states.reduce((sum, state) => sum + state.count, 0);
  const verified = await verify(database);
  const isTrue =
    isSame(credited, truth.credited) &&
    isSame(inReview, truth.inReview) &&
    total === credited.count + inReview.count &&
    isPlaced(await sumCreditedByCode(database), truth);
  return {
    ok: isTrue && verified.ok,
    deposits: { credited: credited.count, inReview: inReview.count, total },
    creditedMinor: credited.minor,
    credits: (await sumWallets(database)).credits,
    runs,
    truth: {
      creditedMinor: truth.credited.minor,
      credited: truth.credited.count,
      inReviewMinor: truth.inReview.minor,
      inReview: truth.inReview.count,
    },
    verify: verified,
  };
}

async function settledStates(database: Database) {
  const deadline = Date.now() + SETTLE_MS_MAX;
  for (;;) {
    const states = await sumDepositsByState(database);
    const isMoving = states.some(({ state }) => state === 'captured');
    if (!isMoving || Date.now() >= deadline) return states;
    await delay(100);
  }
}

function isSame(
  found: { readonly count: number; readonly minor: bigint },
  meant: Truth['credited'],
): boolean {
  return found.count === meant.count && found.minor === BigInt(meant.minor);
}

/** True if each customer has the credits of the bank's truth, and no other wallet has any. */
function isPlaced(byCode: ReadonlyMap<string, bigint>, truth: Truth): boolean {
  const meant = Object.entries(truth.byCode);
  return (
    byCode.size === meant.length &&
    meant.every(([code, tally]) => byCode.get(code) === BigInt(tally.minor))
  );
}

type DemoReport = Awaited<ReturnType<typeof playDemo>> & { readonly tookMs: number };

function printDemo(report: DemoReport): string {
  const broken = report.verify.checks
    .filter((check) => !check.ok)
    .map((check) => `${check.id} ${check.title}`);
  return [
    ...report.runs.flatMap(({ what, run }) => [pc.bold(what), printRun(run), '']),
    `Credited:   ${report.deposits.credited} deposits, ${printRand(report.creditedMinor)}, ${report.credits.toString()} credits   (the bank's truth: ${report.truth.credited}, ${printRand(BigInt(report.truth.creditedMinor))})`,
    `In review:  ${report.deposits.inReview} deposits   (the bank's truth: ${report.truth.inReview})`,
    `Verify:     ${broken.length === 0 ? `all ${report.verify.checks.length} invariants hold` : `BROKEN: ${broken.join('; ')}`}`,
    report.ok
      ? pc.green(`Every deposit ended where it should, in ${(report.tookMs / 1000).toFixed(1)} s.`)
      : pc.red('The ledger and the bank disagree.'),
  ].join('\n');
}
