import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

/** The benchmark is a program of its own beside the sources; an image does not carry it. */
export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure the lanes against each other on real servers (needs the sources)')
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async (_options: unknown, command: Command) => {
      const program = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
      const child = spawn(process.execPath, ['--import', 'tsx', program, ...command.args], {
        stdio: 'inherit',
      });
      process.exitCode = await new Promise<number>((resolve) =>
        child.once('exit', (code) => resolve(code ?? 1)),
      );
    });
}
