import type { Command } from 'commander';
import { newSettings, someSettings, toSettings } from '../api/schemas/account-settings.ts';
import { toBankAccount } from '../api/outputs/bank-account.ts';
import { requireAccountKey } from '../app/account/find-account.ts';
import {
  addAccount,
  changeAccount,
  pauseAccount,
  resumeAccount,
} from '../app/account/write-account.ts';
import { writeAs } from '../app/write-as.ts';
import { bankAddresses } from '../config.ts';
import type { Transaction } from '../db/client.ts';
import { SYSTEM_ACTOR } from '../db/queries/audit.ts';
import { findBankAccount, type BankAccount } from '../db/queries/bank-accounts.ts';
import { CodedError } from '../domain/errors.ts';
import { isAccountName } from '../app/account/rename-account.ts';
import { resumePoll } from '../temporal/schedules.ts';
import { addSettingOptions, readSettingOptions } from './account-options.ts';
import { printAccount, secretWarnings } from './bank-accounts.ts';
import { runningContext, withDatabase, type CommandContext } from './environment.ts';
import { createTerminal, toJson } from './terminal.ts';
import { withTemporal } from './with-temporal.ts';

type Options = Readonly<Record<string, unknown>> & {
  readonly reason: string;
  readonly json?: true;
};

/** The commands that add, change, pause, resume and show a bank account. */
export function addAccountCommands(account: Command): void {
  const command = (usage: string, description: string) =>
    account.command(usage).description(description).option('--json', 'print one JSON object');
  const reasoned = (usage: string, description: string) =>
    command(usage, description).requiredOption('--reason <text>', 'reason (kept permanently)');
  command('show <account>', 'show one bank account').action(
    (name: string, _o: unknown, self: Command) => show(name, self.optsWithGlobals<Options>()),
  );
  addSettingOptions(reasoned('add <key>', 'add a bank account; a running worker reads it'))
    .option('--currency <code>', 'currency of the account', 'ZAR')
    .action((key: string, _o: unknown, self: Command) => add(key, self.optsWithGlobals<Options>()));
  addSettingOptions(
    reasoned('change <account>', 'change settings of a bank account; none clears one'),
  ).action((name: string, _o: unknown, self: Command) =>
    change(name, self.optsWithGlobals<Options>()),
  );
  reasoned('pause <account>', 'stop reading a bank account').action(
    (name: string, _o: unknown, self: Command) => pause(name, self.optsWithGlobals<Options>()),
  );
  reasoned('resume <account>', 'read a bank account again').action(
    (name: string, _o: unknown, self: Command) => resume(name, self.optsWithGlobals<Options>()),
  );
}

async function show(name: string, options: Options): Promise<void> {
  const account = await withDatabase(runningContext().config, async ({ db }) =>
    findBankAccount(db, await requireAccountKey(db, name)),
  );
  if (account !== null) report(account, options, []);
}

async function add(key: string, options: Options): Promise<void> {
  if (!isAccountName(key))
    throw new CodedError(
      'account.setting_refused',
      `${key} is no key: use up to 40 small letters, digits and dashes, and not "all".`,
    );
  const given = readSettingOptions(options, newSettings, { currency: options['currency'] });
  const { bankName, currency, timeZone } = given;
  const settings = { ...toSettings(given), bankName, currency, timeZone };
  await write(options, (tx, { config }) =>
    addAccount(tx, { key, settings }, bankAddresses(config)),
  );
}

async function change(name: string, options: Options): Promise<void> {
  const settings = toSettings(readSettingOptions(options, someSettings));
  if (Object.keys(settings).length === 0)
    throw new CodedError('account.setting_refused', 'Name a setting to change: see --help.');
  await write(options, (tx, { config }) =>
    changeAccount(tx, { name, settings }, bankAddresses(config)),
  );
}

async function pause(name: string, options: Options): Promise<void> {
  await write(options, (tx) => pauseAccount(tx, { name, because: options.reason }));
}

async function resume(name: string, options: Options): Promise<void> {
  const { key } = await write(options, (tx) => resumeAccount(tx, name));
  const { config } = runningContext();
  // The row is what counts; only a pause that somebody made in Temporal would be left.
  await withTemporal(config, (client) => resumePoll(client, key)).catch(() => {
    createTerminal().progress('Temporal did not answer: a pause that was made there stays');
  });
}

async function write(
  options: Options,
  work: (tx: Transaction, context: CommandContext) => Promise<BankAccount>,
): Promise<BankAccount> {
  const context = runningContext();
  const by = { actor: SYSTEM_ACTOR, why: options.reason };
  const account = await withDatabase(context.config, ({ db }) =>
    writeAs(db, by, (tx) => work(tx, context)),
  );
  report(account, options, [
    ...secretWarnings(account, context.env),
    ...(account.key === context.config.BANK_ACCOUNT_KEY && context.config.BANK_API_ENABLED
      ? ['The BANK_ settings describe this account: each start of a worker writes them again.']
      : []),
  ]);
  return account;
}

function report(account: BankAccount, { json }: Options, warnings: readonly string[]): void {
  const terminal = createTerminal();
  for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
  terminal.print(json ? toJson(toBankAccount(account)) : printAccount(account));
}
