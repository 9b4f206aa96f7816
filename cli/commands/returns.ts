import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { askApi } from '../api-client.ts';
import { createTerminal } from '../terminal.ts';

const takenSchema = z.strictObject({ exportId: z.string().nullable(), returns: z.int() });

export function addReturns(program: Command): void {
  program
    .command('returns')
    .description('list returns that are due, as CSV; --export writes a payment instruction file')
    .option('--export <file>', 'write every due return to a new file, each return once')
    .option('--again <id>', 'print an earlier export again (rex_…)')
    .action(async (options: { readonly export?: string; readonly again?: string }) => {
      const terminal = createTerminal();
      if (options.export === undefined) {
        const query =
          options.again === undefined ? '' : `?export=${encodeURIComponent(options.again)}`;
        terminal.print((await read(query)).trimEnd());
        return;
      }
      const answer = await askApi({ method: 'POST', path: '/v1/returns/exports', body: {} });
      const { exportId, returns } = takenSchema.parse(JSON.parse(answer));
      if (exportId === null) {
        terminal.print('No return is due.');
        return;
      }
      // First, because the id brings the export back if this file is lost.
      terminal.progress(`Exported as ${exportId}`);
      await writeFile(options.export, await read(`?export=${exportId}`), { flag: 'wx' });
      terminal.print(
        `${options.export}: ${returns} ${returns === 1 ? 'return' : 'returns'}, exported as ${exportId}.`,
      );
    });
}

function read(query: string): Promise<string> {
  return askApi({ method: 'GET', path: `/v1/returns/export${query}` });
}
