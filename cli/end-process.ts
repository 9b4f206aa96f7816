/**
 * Ends the process at once, whatever is still to be written: only for a process whose state is unknown, or that you
 * have told twice to stop. Everything else sets `process.exitCode`, closes what it opened and lets the process end by
 * itself, since an exit cuts a report in a pipe after 64 KiB.
 */
export function endProcess(exitCode: number): never {
  process.exit(exitCode);
}
