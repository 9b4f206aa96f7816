import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { parseStatementFile } from '../../bank/statements/parse-statement-file.ts';
import { statementFileToJson } from '../../bank/statements/to-json.ts';
import { isCoded } from '../../domain/errors.ts';
import { parseOptionsOf, type ParseFileOptions } from '../parse-options.ts';
import { createTerminal, toJson } from '../terminal.ts';

export function addParse(program: Command): void {
  program
    .command('parse <file>')
    .description('print the content of a statement file as JSON')
    .option(
      '--format <name>',
      'the format, if the content does not show it, e.g. mt940 or csv.absa',
    )
    .option('--profile <file>', 'your own CSV layout, as JSON')
    .action(async (file: string, options: ParseFileOptions) => {
      const terminal = createTerminal();
      try {
        terminal.print(
          toJson(
            statementFileToJson(
              await parseStatementFile(createReadStream(file), parseOptionsOf(options)),
            ),
          ),
        );
      } catch (error) {
        if (!isCoded(error)) throw error;
        const where = typeof error.details['where'] === 'string' ? error.details['where'] : null;
        terminal.print(toJson({ error: { code: error.code, message: error.message, where } }));
        process.exitCode = 2;
      }
    });
}
