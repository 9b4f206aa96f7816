import type { Command } from 'commander';
import pc from 'picocolors';
import { listWallets } from '../../db/queries/wallets-list.ts';
import { loadConfig } from '../../config.ts';
import { dataFolder } from '../../embedded/data-folder.ts';
import { withDatabase } from '../environment.ts';
import { PURSER, START_TRIAL } from '../invocation.ts';
import { reconcileNow } from '../reconcile-now.ts';
import { printRun } from '../report-run.ts';
import { createBankOfTrial } from '../stack/trial-bank.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { untilAskedToStop } from '../supervise.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { trialApiKey } from '../trial-key.ts';

export function addStart(program: Command): void {
  program
    .command('start')
    .description(
      'start a trial on this machine: database, Temporal, a simulated bank, API and worker; Ctrl-C stops everything',
    )
    .action(async () => {
      const terminal = createTerminal();
      const asked = untilAskedToStop();
      const dataDir = dataFolder(process.env);
      terminal.progress(`Data folder: ${dataDir}`);
      const starting = startStack({
        env: process.env,
        dataDir,
        freePorts: false,
        simulatorSeed: '1',
        feed: 'json',
        onProgress: terminal.progress,
      });
      const stack = await starting;
      try {
        const early = await Promise.race([asked, showFirstRun(stack, terminal).then(() => null)]);
        const ended =
          early ??
          (await Promise.race([
            asked,
            stack.broken.then(
              (name) => `the ${name} process ended unexpectedly: see ${dataDir}/logs`,
            ),
          ]));
        terminal.progress(`Stopping (${ended})`);
        if (ended.startsWith('the ')) process.exitCode = 1;
      } finally {
        await stack.stop();
        terminal.progress(
          `Everything has stopped. \`${START_TRIAL}\` continues with the same data.`,
        );
      }
    });
}

async function showFirstRun(stack: Stack, terminal: Terminal): Promise<void> {
  const config = loadConfig(stack.env);
  const { key, run, walletId } = await withDatabase(config, async ({ db }) => {
    const key = await trialApiKey(db, stack.dataDir, config.API_KEY_PEPPER ?? '');
    if (stack.simulator !== null) {
      const bank = createBankOfTrial(stack, key);
      if ((await listWallets(db, 1)).length === 0) await bank.openWallets(3);
      await bank.makeDemoLines();
    }
    terminal.progress('Reading the bank');
    const run = config.BANK_API_ENABLED
      ? await reconcileNow(config, db, config.BANK_ACCOUNT_KEY)
      : null;
    return { key, run, walletId: (await listWallets(db, 1))[0]?.walletId ?? 'WALLET_ID' };
  });
  terminal.print('');
  terminal.print(
    run === null
      ? 'No bank account is configured yet: set BANK_API_ENABLED and the other BANK_ settings.'
      : printRun(run),
  );
  terminal.print('');
  terminal.print(pc.bold('Purser is running. All of this is local to this machine.'));
  terminal.print(`  API           ${stack.apiUrl}`);
  terminal.print(`  API docs      ${stack.apiUrl}/docs`);
  if (stack.temporalUiUrl !== null) terminal.print(`  Temporal UI   ${stack.temporalUiUrl}`);
  terminal.print(`  API key       ${key}`);
  terminal.print('');
  terminal.print(pc.bold('Try'));
  terminal.print(`  curl -H "Authorization: Bearer ${key}" ${stack.apiUrl}/v1/wallets/${walletId}`);
  terminal.print(`  curl -H "Authorization: Bearer ${key}" ${stack.apiUrl}/v1/reviews`);
  terminal.print(`  ${PURSER} status`);
  terminal.print('');
  terminal.print(
    `Purser reads the bank every ${inWords(config.POLL_INTERVAL_SECONDS)}. Ctrl-C stops everything.`,
  );
}

function inWords(seconds: number): string {
  if (seconds % 60 !== 0) return `${seconds} seconds`;
  return seconds === 60 ? 'minute' : `${seconds / 60} minutes`;
}
