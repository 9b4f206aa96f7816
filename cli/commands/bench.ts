import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CodedError } from '../../domain/errors.ts';

/** The benchmark is a separate program beside the sources; packages and images do not contain it. */
export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure the speed of both credit lanes on real servers')
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async (_options: unknown, command: Command) => {
      const program = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
      if (!existsSync(program))
        throw new CodedError(
          'request.invalid',
          'The benchmark is not part of an installed Purser: run it in a clone of the repository.',
        );
      const child = spawn(process.execPath, ['--import', 'tsx', program, ...command.args], {
        stdio: 'inherit',
      });
      process.exitCode = await new Promise<number>((resolve) =>
        child.once('exit', (code) => resolve(code ?? 1)),
      );
    });
}
