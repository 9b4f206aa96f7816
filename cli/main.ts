import { Command } from 'commander';
import pc from 'picocolors';
import { addApi } from './commands/api.ts';
import { addApiKey } from './commands/api-key.ts';
import { addBacktest } from './commands/backtest.ts';
import { addBench } from './commands/bench.ts';
import { addCases } from './commands/cases.ts';
import { addDemo } from './commands/demo.ts';
import { addGate } from './commands/gate.ts';
import { addImport } from './commands/import.ts';
import { addMigrate } from './commands/migrate.ts';
import { addParse } from './commands/parse.ts';
import { addReconcile } from './commands/reconcile.ts';
import { addReturns } from './commands/returns.ts';
import { addReview } from './commands/review.ts';
import { addReviews } from './commands/reviews.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addStory } from './commands/story.ts';
import { addVerify } from './commands/verify.ts';
import { addWorker } from './commands/worker.ts';
import { loadDotEnv } from './environment.ts';
import { explain } from './explain.ts';

const program = new Command('purser')
  .description('Turns bank deposits into wallet credits, exactly once.')
  .showHelpAfterError('Run `purser --help` for the commands.');

for (const add of [
  addStart,
  addDemo,
  addMigrate,
  addWorker,
  addApi,
  addApiKey,
  addReconcile,
  addImport,
  addParse,
  addStatus,
  addReviews,
  addReview,
  addCases,
  addReturns,
  addGate,
  addStory,
  addVerify,
  addBacktest,
  addBench,
]) {
  add(program);
}

try {
  loadDotEnv();
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${pc.red('✗')} ${explain(error)}\n`);
  process.exitCode = 1;
}
// Nothing of value is left: a forgotten handle must not keep a finished command alive.
process.exit();
