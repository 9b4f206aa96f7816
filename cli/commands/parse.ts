import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { parseStatementFile } from '../../bank/statements/parse-statement-file.ts';
import { printStatementFile } from '../../bank/statements/print.ts';
import { isCoded } from '../../domain/errors.ts';
import { createTerminal, toJson } from '../terminal.ts';

export function addParse(program: Command): void {
  program
    .command('parse <file>')
    .description('print what a statement file says, as JSON; needs no database')
    .action(async (file: string) => {
      const terminal = createTerminal();
      try {
        terminal.print(
          toJson(printStatementFile(await parseStatementFile(createReadStream(file)))),
        );
      } catch (error) {
        if (!isCoded(error)) throw error;
        const where = typeof error.details['where'] === 'string' ? error.details['where'] : null;
        terminal.print(toJson({ error: { code: error.code, message: error.message, where } }));
        process.exitCode = 2;
      }
    });
}
