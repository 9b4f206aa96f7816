import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { loadDotEnv } from './environment.ts';
import { explain } from './explain.ts';
import { watchOutput } from './output.ts';
import { VERSION } from './version.ts';

interface CommandEntry {
  /** The precondition of the command, which the help shows. */
  readonly needs: string;
  readonly load: () => Promise<(program: Command) => void>;
}

const NOTHING = 'nothing';
const DATABASE = 'the database';
const RUNNING = 'a running Purser: database, Temporal and worker';
const API = 'the API and PURSER_API_KEY';

/** In the order of the help. A command loads no other command: loading all of them takes seconds. */
const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  start: { needs: NOTHING, load: async () => (await import('./commands/start.ts')).addStart },
  demo: { needs: NOTHING, load: async () => (await import('./commands/demo.ts')).addDemo },
  migrate: {
    needs: DATABASE,
    load: async () => (await import('./commands/migrate.ts')).addMigrate,
  },
  worker: {
    needs: 'the database and Temporal',
    load: async () => (await import('./commands/worker.ts')).addWorker,
  },
  api: {
    needs: 'the database; Temporal for decisions',
    load: async () => (await import('./commands/api.ts')).addApi,
  },
  'api-key': {
    needs: DATABASE,
    load: async () => (await import('./commands/api-key.ts')).addApiKey,
  },
  'bank-account': {
    needs: DATABASE,
    load: async () => (await import('./commands/bank-account.ts')).addBankAccount,
  },
  reconcile: {
    needs: RUNNING,
    load: async () => (await import('./commands/reconcile.ts')).addReconcile,
  },
  import: { needs: RUNNING, load: async () => (await import('./commands/import.ts')).addImport },
  parse: { needs: NOTHING, load: async () => (await import('./commands/parse.ts')).addParse },
  status: { needs: DATABASE, load: async () => (await import('./commands/status.ts')).addStatus },
  reviews: {
    needs: DATABASE,
    load: async () => (await import('./commands/reviews.ts')).addReviews,
  },
  review: { needs: API, load: async () => (await import('./commands/review.ts')).addReview },
  cases: { needs: API, load: async () => (await import('./commands/cases.ts')).addCases },
  returns: { needs: API, load: async () => (await import('./commands/returns.ts')).addReturns },
  gate: { needs: API, load: async () => (await import('./commands/gate.ts')).addGate },
  story: { needs: DATABASE, load: async () => (await import('./commands/story.ts')).addStory },
  verify: { needs: DATABASE, load: async () => (await import('./commands/verify.ts')).addVerify },
  backtest: {
    needs: DATABASE,
    load: async () => (await import('./commands/backtest.ts')).addBacktest,
  },
  bench: {
    needs: 'a clone of the repository',
    load: async () => (await import('./commands/bench.ts')).addBench,
  },
};

const VERSION_FLAGS = ['-V', '--version'];

const program = new Command('purser')
  .description(`Purser ${VERSION} turns bank deposits into wallet credits, exactly once.`)
  .version(VERSION, VERSION_FLAGS.join(', '), 'print the version')
  .helpOption('-h, --help', 'show this help')
  .helpCommand('help [command]', 'show the help of a command')
  .showHelpAfterError('Run `purser --help` to see the commands.')
  // Commander would end the process before its output is written.
  .exitOverride();

watchOutput();
try {
  loadDotEnv();
  const [first = ''] = process.argv.slice(2);
  const named = Object.keys(COMMANDS).filter((name) => name === first);
  const wanted = VERSION_FLAGS.includes(first) || named.length > 0 ? named : Object.keys(COMMANDS);
  for (const name of wanted) await addCommand(name);
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    process.stderr.write(`${pc.red('✗')} ${explain(error)}\n`);
    // A command that refuses its input has set 2.
    process.exitCode ||= 1;
  }
}

async function addCommand(name: string): Promise<void> {
  const entry = COMMANDS[name];
  if (entry === undefined) return;
  (await entry.load())(program);
  const command = program.commands.find((each) => each.name() === name);
  command?.description(`${command.description()} (needs ${entry.needs})`);
}
