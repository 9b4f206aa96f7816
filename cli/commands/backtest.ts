import { Option, type Command } from 'commander';
import { toAccountKey } from '../../db/queries/bank-account-names.ts';
import { CodedError } from '../../domain/errors.ts';
import { printRand } from '../../domain/money/money-text.ts';
import { ZAR } from '../../domain/money/money.ts';
import { RULE_DIFFERENCES, type WhatHappened } from '../../domain/review/rules-difference.ts';
import { DEFAULT_RULES } from '../../domain/review/rules.ts';
import { differenceInWords } from '../../domain/words/rule-differences.ts';
import {
  backtest,
  judgeByRules,
  reportShadow,
  type BacktestReport,
  type Difference,
  type Judge,
  type ShadowReport,
} from '../backtest.ts';
import { loadRevision } from '../backtest-revision.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { readRulesFile } from '../rules-file.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface BacktestOptions {
  readonly rules?: string;
  readonly revision?: string;
  readonly shadow?: true;
  readonly account?: string;
  readonly json?: true;
}

export function addBacktest(program: Command): void {
  program
    .command('backtest')
    .description(
      'decide all stored deposits again by other rules or another revision, and credit nothing; exit 1 if a deposit would be credited to the wrong wallet',
    )
    .option('--rules <file>', 'the rules to try, as JSON (default: the current rules)')
    .addOption(
      new Option(
        '--shadow',
        'how often people agreed with the codes of an account in shadow mode',
      ).conflicts('rules'),
    )
    .addOption(
      new Option(
        '--revision <git>',
        'decide by the domain/ folder of this git revision; runs nothing else of it',
      ).conflicts(['rules', 'shadow']),
    )
    .option('--account <key>', 'only this bank account')
    .option('--json', 'print one JSON object')
    .action(async (options: BacktestOptions) => {
      const { print } = createTerminal();
      const { config } = runningContext();
      if (options.shadow) {
        const { account } = options;
        if (account === undefined)
          throw new CodedError(
            'request.invalid',
            'Name the bank account: --shadow needs --account KEY.',
          );
        const report = await withDatabase(config, async ({ db }) =>
          reportShadow(db, await toAccountKey(db, account)),
        );
        print(options.json ? toJson(report) : printShadow(report));
        return;
      }
      const judge = await judgeOf(options);
      const report = await withDatabase(config, async ({ db }) =>
        backtest(db, {
          judge,
          accountKey:
            options.account === undefined ? null : await toAccountKey(db, options.account),
        }),
      );
      print(options.json ? toJson(report) : printBacktest(report));
      if (!report.ok) process.exitCode = 1;
    });
}

async function judgeOf({ rules, revision }: BacktestOptions): Promise<Judge> {
  if (revision !== undefined) return loadRevision(revision);
  return judgeByRules(rules === undefined ? DEFAULT_RULES : await readRulesFile(rules));
}

function printBacktest({
  ok,
  rules,
  commit,
  deposits,
  counts,
  differences,
}: BacktestReport): string {
  return [
    `${rules === null ? `Revision ${commit ?? ''}` : `Rules ${rules.version}`}, on ${deposits} deposits:`,
    ...RULE_DIFFERENCES.map(
      (kind) => `  ${counts[kind].toString().padStart(7)}  ${differenceInWords(kind)}`,
    ),
    ...differences.map(printDifference),
    ok
      ? 'No deposit would be credited to another wallet, or where a person refused it.'
      : 'Deposits would be credited to the wrong wallet: do not use these rules.',
  ].join('\n');
}

function printDifference(each: Difference): string {
  const { depositId, bookingDate, amountMinor, currency, difference, from, to } = each;
  const amount = `${printRand(amountMinor)}${currency === ZAR ? '' : ` (${currency})`}`;
  const end = to.kind === 'wallet' ? to.walletId : `review: ${to.reason}`;
  return `${depositId}  ${bookingDate}  ${amount.padStart(14)}  ${difference.padEnd(15)}  ${printPast(from)} → ${end}`;
}

function printPast(past: WhatHappened): string {
  return past.kind === 'credited' ? `${past.walletIds.join(' + ')} by ${past.by}` : past.kind;
}

function printShadow(report: ShadowReport): string {
  const { accountKey, agreed, disagreed, withoutCode, reversed, waiting } = report;
  return [
    `${accountKey}: people agreed with ${agreed} of ${agreed + disagreed.length} codes.`,
    `  ${withoutCode} had no usable code; people decided them.`,
    `  ${reversed} were reversed by the bank.`,
    `  ${waiting} still wait for a decision.`,
    ...disagreed.map(
      ({ depositId, codeWalletId, happened }) =>
        `${depositId}  code ${codeWalletId} → person ${printPast(happened)}`,
    ),
  ].join('\n');
}
