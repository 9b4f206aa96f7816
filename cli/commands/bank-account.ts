import type { Command } from 'commander';
import { forgetStatementNumber } from '../../app/account/forget-number.ts';
import { confirmAccountId } from '../../app/account/prove-id.ts';
import { renameAccount } from '../../app/account/rename-account.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { listAccountNames } from '../../db/queries/bank-account-names.ts';
import { listBankAccounts } from '../../db/queries/bank-accounts.ts';
import { toBankAccount } from '../../api/outputs/bank-account.ts';
import { printAccount } from '../bank-accounts.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { createTerminal, toJson } from '../terminal.ts';
import { addAccountCommands } from '../account-commands.ts';

interface ReportOptions {
  readonly json?: true;
}

async function list({ json }: ReportOptions): Promise<void> {
  const items = await withDatabase(runningContext().config, async ({ db }) => {
    const names = new Map((await listAccountNames(db)).map((each) => [each.key, each.names]));
    return (await listBankAccounts(db)).map((row) => ({ row, names: names.get(row.key) ?? [] }));
  });
  createTerminal().print(
    json
      ? toJson({ items: items.map(({ row, names }) => ({ ...toBankAccount(row), names })) })
      : items.map(({ row, names }) => printAccount(row, names)).join('\n') || 'No bank accounts.',
  );
}

/** Bank accounts: their names and numbers. An operator at the machine changes them; the audit trail records each change. */
export function addBankAccount(program: Command): void {
  const account = program
    .command('bank-account')
    .description('list the bank accounts, show, add, change, pause, resume or rename one')
    .option('--json', 'print one JSON object')
    .action((options: ReportOptions) => list(options));
  account
    .command('list')
    .description('list the bank accounts with their names, and which are read')
    .option('--json', 'print one JSON object')
    .action((_options: unknown, command: Command) => list(command.optsWithGlobals()));
  addAccountCommands(account);
  account
    .command('rename <old> <new>')
    .description('give a bank account another name; its key, which stays in ids, still works')
    .option('--reason <text>', 'reason (kept permanently)')
    .action(async (from: string, to: string, options: { reason?: string }) => {
      const { config } = runningContext();
      const why = options.reason ?? 'renamed with purser bank-account rename';
      const key = await withDatabase(config, ({ db }) =>
        renameAccount(db, { from, to, by: SYSTEM_ACTOR, why }),
      );
      createTerminal().print(
        `${to} is now a name of the bank account ${key}. Ids, reports and webhook addresses keep ${key}; set BANK_ACCOUNT_KEY to either.`,
      );
    });
  account
    .command('confirm-id <account>')
    .description(
      'confirm that a new BANK_ACCOUNT_ID is this account, though the bank shows none of its lines',
    )
    .requiredOption('--reason <text>', 'reason (kept permanently)')
    .action(async (name: string, options: { reason: string }) => {
      const { config } = runningContext();
      const isNew = await withDatabase(config, ({ db }) =>
        confirmAccountId(db, { name, by: SYSTEM_ACTOR, why: options.reason }),
      );
      createTerminal().print(
        isNew
          ? `The present BANK_ACCOUNT_ID of ${name} is confirmed; the next read captures its lines.`
          : `Nothing to confirm: reads have shown that the present BANK_ACCOUNT_ID is ${name}.`,
      );
    });
  account
    .command('forget-number <account>')
    .description('forget a wrongly confirmed account number; the next statement file asks again')
    .requiredOption('--reason <text>', 'reason (kept permanently)')
    .action(async (name: string, options: { reason: string }) => {
      const { config } = runningContext();
      const isForgotten = await withDatabase(config, ({ db }) =>
        forgetStatementNumber(db, { name, by: SYSTEM_ACTOR, why: options.reason }),
      );
      createTerminal().print(
        isForgotten
          ? `The account number in statement files of ${name} is forgotten; confirm the right one at the next import.`
          : `Nothing to forget: no statement file has set the account number of ${name}.`,
      );
    });
}
