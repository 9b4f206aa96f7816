import pc from 'picocolors';

/** Where a command's words go. Reports go to stdout; everything that is not the report goes to stderr. */
export interface Terminal {
  /** One line of the report. */
  readonly print: (text: string) => void;
  /** What is going on, while it goes on. */
  readonly progress: (text: string) => void;
}

/** `reportOnly`: stdout is kept for one JSON object. */
export function createTerminal(): Terminal {
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    progress: (text) => void process.stderr.write(`${pc.dim('·')} ${text}\n`),
  };
}

/** A JSON report: bigint as digits, instants as ISO text. */
export function toJson(report: unknown): string {
  return JSON.stringify(
    report,
    (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
    2,
  );
}
