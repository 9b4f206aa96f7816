import { Command } from 'commander';
import pc from 'picocolors';
import { loadDotEnv } from './environment.ts';
import { explain } from './explain.ts';

/** In the order of the help. A command loads no other: what they need between them takes seconds to load. */
const COMMANDS = new Map<string, () => Promise<(program: Command) => void>>([
  ['start', async () => (await import('./commands/start.ts')).addStart],
  ['demo', async () => (await import('./commands/demo.ts')).addDemo],
  ['migrate', async () => (await import('./commands/migrate.ts')).addMigrate],
  ['worker', async () => (await import('./commands/worker.ts')).addWorker],
  ['api', async () => (await import('./commands/api.ts')).addApi],
  ['api-key', async () => (await import('./commands/api-key.ts')).addApiKey],
  ['reconcile', async () => (await import('./commands/reconcile.ts')).addReconcile],
  ['import', async () => (await import('./commands/import.ts')).addImport],
  ['parse', async () => (await import('./commands/parse.ts')).addParse],
  ['status', async () => (await import('./commands/status.ts')).addStatus],
  ['reviews', async () => (await import('./commands/reviews.ts')).addReviews],
  ['review', async () => (await import('./commands/review.ts')).addReview],
  ['cases', async () => (await import('./commands/cases.ts')).addCases],
  ['returns', async () => (await import('./commands/returns.ts')).addReturns],
  ['gate', async () => (await import('./commands/gate.ts')).addGate],
  ['story', async () => (await import('./commands/story.ts')).addStory],
  ['verify', async () => (await import('./commands/verify.ts')).addVerify],
  ['backtest', async () => (await import('./commands/backtest.ts')).addBacktest],
  ['bench', async () => (await import('./commands/bench.ts')).addBench],
]);

const program = new Command('purser')
  .description('Turns bank deposits into wallet credits, exactly once.')
  .showHelpAfterError('Run `purser --help` for the commands.');

try {
  loadDotEnv();
  const named = COMMANDS.get(process.argv[2] ?? '');
  for (const load of named === undefined ? COMMANDS.values() : [named]) (await load())(program);
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${pc.red('✗')} ${explain(error)}\n`);
  process.exitCode = 1;
}
// Nothing of value is left: a forgotten handle must not keep a finished command alive.
process.exit();
