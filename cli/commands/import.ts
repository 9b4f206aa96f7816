import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import {
  readStatementEvents,
  type ParseOptions,
} from '../../bank/statements/parse-statement-file.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { checkStatementAccount, type NumberToCheck } from '../../app/statement/check-account.ts';
import type { Database } from '../../db/client.ts';
import { storeStatementFile } from '../../app/statement/store-file.ts';
import { findStatementFile } from '../../db/queries/statements-read.ts';
import { toAccountKey } from '../../db/queries/bank-account-names.ts';
import { CodedError, isCoded } from '../../domain/errors.ts';
import { runImport } from '../../temporal/starts.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { findRun, printRun, runToJson } from '../report-run.ts';
import { parseOptionsOf, type ParseFileOptions } from '../parse-options.ts';
import { createTerminal, toJson } from '../terminal.ts';
import { withTemporal } from '../with-temporal.ts';

export function addImport(program: Command): void {
  program
    .command('import <file>')
    .description('import a statement file, wait for it, print the summary')
    .requiredOption('--account <key>', 'the bank account of the statement')
    .option(
      '--format <name>',
      'the format, if the content does not show it, e.g. mt940 or csv.absa',
    )
    .option('--profile <file>', 'your own CSV layout, as JSON')
    .option(
      '--account-number <number>',
      'the account number in the file, which you confirm at the first import of an account',
    )
    .option(
      '--accept-open-end',
      'take an MT940 that ends with an interim balance (:62M:) as whole; kept in the audit trail',
    )
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: ImportOptions) => {
      const { config } = runningContext();
      const terminal = createTerminal();
      const acceptsOpenEnd = options.acceptOpenEnd === true;
      const parsing = { ...parseOptionsOf(options), acceptsOpenEnd };
      // A first read here keeps an incomplete file out of the database.
      terminal.progress(`Reading ${file}`);
      const numbers = await numbersIn(file, parsing).catch((error: unknown) => {
        if (isCoded(error)) process.exitCode = 2;
        throw error;
      });
      await withDatabase(config, async ({ db }) => {
        const accountKey = await toAccountKey(db, options.account);
        for (const found of numbers)
          await checkNumber(db, {
            accountKey,
            found,
            given: options.accountNumber ?? null,
          });
        const { fileId, sha256 } = await storeStatementFile(db, {
          accountKey,
          format: options.format ?? null,
          profile: parsing.profile ?? null,
          accountNumber: options.accountNumber ?? null,
          acceptsOpenEnd,
          by: SYSTEM_ACTOR,
          chunks: createReadStream(file),
        });
        terminal.progress(`Importing ${file} into ${options.account}`);
        const stored = { accountKey, fileId, sha256 };
        const output = await withTemporal(config, (client) => runImport(client, stored));
        const run = await findRun(db, output.runId);
        if (run === null)
          throw new CodedError('internal.unexpected', 'The import recorded no run: report this.');
        const found = await findStatementFile(db, fileId);
        terminal.print(
          options.json
            ? toJson({ ...runToJson(run), file: fileToJson(found) })
            : [printRun(run), ...printStatements(found)].join('\n'),
        );
        if (run.errorCode !== null) process.exitCode = 1;
      });
    });
}

interface ImportOptions extends ParseFileOptions {
  readonly account: string;
  readonly accountNumber?: string;
  readonly acceptOpenEnd?: true;
  readonly json?: true;
}

/** Reads the file to its end; answers the account numbers of its statements. */
async function numbersIn(file: string, parsing: ParseOptions): Promise<ReadonlySet<string>> {
  const numbers = new Set<string>();
  for await (const events of readStatementEvents(createReadStream(file), parsing))
    for (const event of events)
      if (event.kind === 'statement') numbers.add(event.statement.account);
  return numbers;
}

/** Shows the whole number to the person who must confirm it: a message has its last digits only. */
async function checkNumber(db: Database, number: NumberToCheck): Promise<void> {
  try {
    await checkStatementAccount(db, number);
  } catch (error) {
    if (isCoded(error, 'statement.account_unconfirmed'))
      createTerminal().print(`Account number in the file: ${number.found}`);
    if (isCoded(error) && error.code.startsWith('statement.')) process.exitCode = 2;
    throw error;
  }
}

type FoundFile = Awaited<ReturnType<typeof findStatementFile>>;

function fileToJson(found: FoundFile) {
  return found === null
    ? null
    : { id: found.file.id, state: found.file.state, statements: found.statements };
}

/** The findings about the statements besides the summary: failed proofs, gaps and repeats. */
function printStatements(found: FoundFile): readonly string[] {
  return (found?.statements ?? []).flatMap((row) => {
    const name = `  Statement ${row.statementId ?? row.position + 1}`;
    const difference = (minor: bigint | null) =>
      minor === null ? '' : ` by ${minor.toString()} minor units`;
    return [
      ...(row.proof === 'failed'
        ? [
            `${name}: its balances contradict its lines${difference(row.differenceMinor)}; ${row.state}`,
          ]
        : []),
      ...(row.continuity === 'gap'
        ? [
            `${name}: an earlier statement is missing: the balances differ${difference(row.continuityDifferenceMinor)}`,
          ]
        : []),
      ...(row.continuity === 'overlap' || row.continuity === 'repeat'
        ? [`${name}: ${row.continuity} of an earlier statement; its lines are counted once`]
        : []),
    ];
  });
}
