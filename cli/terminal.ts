import pc from 'picocolors';

/** The output of a command: its report to stdout, everything else to stderr. */
export interface Terminal {
  /** One line of the report. */
  readonly print: (text: string) => void;
  /** The present step of the command. */
  readonly progress: (text: string) => void;
}

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
