/**
 * Ends the process at once and drops pending output: only for a process whose state is unknown, or that you have asked
 * twice to stop. All other code sets `process.exitCode`, closes its handles and lets the process end, since an exit
 * cuts a report in a pipe after 64 KiB.
 */
export function endProcess(exitCode: number): never {
  process.exit(exitCode);
}
