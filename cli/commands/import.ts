import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import {
  readStatementEvents,
  type ParseOptions,
} from '../../bank/statements/parse-statement-file.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { storeStatementFile } from '../../app/statement/store-file.ts';
import { findStatementFile } from '../../db/queries/statements-read.ts';
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
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: ImportOptions) => {
      const { config } = runningContext();
      const terminal = createTerminal();
      const parsing = parseOptionsOf(options);
      // A first read here keeps an incomplete file out of the database.
      terminal.progress(`Reading ${file}`);
      await readToTheEnd(file, parsing).catch((error: unknown) => {
        if (isCoded(error)) process.exitCode = 2;
        throw error;
      });
      await withDatabase(config, async ({ db }) => {
        const { fileId, sha256 } = await storeStatementFile(db, {
          accountKey: options.account,
          format: options.format ?? null,
          profile: parsing.profile ?? null,
          by: SYSTEM_ACTOR,
          chunks: createReadStream(file),
        });
        terminal.progress(`Importing ${file} into ${options.account}`);
        const stored = { accountKey: options.account, fileId, sha256 };
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
  readonly json?: true;
}

async function readToTheEnd(file: string, parsing: ParseOptions): Promise<void> {
  const reading = readStatementEvents(createReadStream(file), parsing);
  while ((await reading.next()).done !== true) continue;
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
