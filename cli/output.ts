/**
 * Keeps a reader that closes early (`| head -1`) from ending a command with a stack trace: it has read what it wanted.
 * Any other failure to write is said on stderr and in the exit code, so that a cut report never passes as whole.
 */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = 1;
    process.stderr.write(`The output could not be written (${error.code ?? error.name}).\n`);
  });
  // Nobody is left to be told.
  process.stderr.on('error', () => undefined);
}
