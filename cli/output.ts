/**
 * A reader that closes early (`| head -1`) has read enough, so it must not end a command with a stack trace. Any other
 * failure to write is reported on stderr and in the exit code, so that a cut report never passes as complete.
 */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = 1;
    process.stderr.write(`The output could not be written (${error.code ?? error.name}).\n`);
  });
  // No reader is left for an error message.
  process.stderr.on('error', () => undefined);
}
