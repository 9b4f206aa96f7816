import { writeFileSync } from 'node:fs';
import { createTerminal, toJson } from '../cli/terminal.ts';
import { untilAskedToStop } from '../cli/supervise.ts';
import { removeThrowAwayFolder, throwAwayFolder } from '../embedded/data-folder.ts';
import { readPeaks, runArm, runWebhooks, type ArmName, type ArmResult } from './arms.ts';
import { benchIdentity } from './identity.ts';
import { benchImport } from './import.ts';
import { benchParse } from './parse.ts';
import { describeMachine, readLoad } from './machine.ts';
import { bulkAbove, readOptions, USAGE, type BenchOptions } from './options.ts';
import { judgeAims, printReport, type BenchReport } from './report.ts';
import { readLogEnds, withTestBed, type TestBed } from './test-bed.ts';
import { benchVerify } from './verify.ts';

/** Enough to compile code, fill caches and open pools before anything counts. */
const WARM_UP_DEPOSITS = 50;
const WEBHOOKS = 40;

async function measure(options: BenchOptions, bed: TestBed): Promise<BenchReport> {
  const startedAt = Date.now();
  const loadBefore = readLoad();
  bed.progress(`Warming up with ${WARM_UP_DEPOSITS} deposits for each of two arms`);
  for (const arm of ['workflow', 'naive'] as const) {
    await runArm(bed, { arm, round: 0, deposits: WARM_UP_DEPOSITS });
  }
  const arms: ArmResult[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const arm of turnsOf(round)) arms.push(await runTurn(options, bed, arm, round));
  }
  bed.progress(`Sending ${WEBHOOKS} webhooks, one by one`);
  const webhookToCredited = await runWebhooks(bed, WEBHOOKS);
  if (options.backlog > 0) {
    bed.progress(`Backlog lane: ${options.backlog} deposits`);
    arms.push(await runArm(bed, { arm: 'backlog', round: 1, deposits: options.backlog }));
  }
  const peakMemory = readPeaks(bed);
  return {
    options,
    machine: await describeMachine(bed, loadBefore),
    arms,
    webhookToCredited,
    peakMemory,
    aims: judgeAims(arms, peakMemory),
    tookMs: Date.now() - startedAt,
  };
}

/** The arms alternate, so that neither always comes first. */
function turnsOf(round: number): readonly ['workflow' | 'naive', 'workflow' | 'naive'] {
  return round % 2 === 1 ? ['workflow', 'naive'] : ['naive', 'workflow'];
}

async function runTurn(
  options: BenchOptions,
  bed: TestBed,
  arm: Exclude<ArmName, 'backlog'>,
  round: number,
): Promise<ArmResult> {
  const inAll = arm === 'workflow' ? options.deposits : options.naiveDeposits;
  // The remainder goes to the first rounds, so that the total is exact.
  const deposits = Math.floor(inAll / options.rounds) + (round <= inAll % options.rounds ? 1 : 0);
  bed.progress(`Round ${round} of ${options.rounds}, ${arm}: ${deposits} deposits`);
  return runArm(bed, { arm, round, deposits });
}

async function main(): Promise<void> {
  const terminal = createTerminal();
  const options = readOptions(process.argv.slice(2));
  const asked = untilAskedToStop();
  const dataDir = await throwAwayFolder();
  try {
    const stopped = asked.then((why) =>
      Promise.reject(new Error(`Stopped (${why}) before the benchmark ended.`)),
    );
    // Created while things still start: an early rejection without a listener must not end the process.
    stopped.catch(() => undefined);
    const report = await withTestBed(
      { dataDir, bulkAbove: bulkAbove(options), progress: terminal.progress },
      (bed) => Promise.race([measure(options, bed), stopped]),
    );
    if (options.json !== null) writeFileSync(options.json, `${toJson(report)}\n`);
    terminal.print(printReport(report));
  } catch (error) {
    const ends = await readLogEnds(dataDir);
    if (ends !== '') process.stderr.write(`${ends}\n`);
    throw error;
  } finally {
    await removeThrowAwayFolder(dataDir);
  }
}

try {
  const [what, ...args] = process.argv.slice(2);
  if (what === 'parse') await benchParse(args);
  else if (what === 'import') await benchImport(args);
  else if (what === 'identity') benchIdentity(args);
  else if (what === 'verify') await benchVerify(args);
  else await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n${error instanceof RangeError ? `${USAGE}\n` : ''}`);
  process.exitCode = 1;
}
// Nothing of value remains: a forgotten handle must not keep a finished benchmark alive.
process.exit();
