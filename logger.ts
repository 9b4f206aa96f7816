import pino from 'pino';

export type Logger = pino.Logger;

export interface LoggerOptions {
  readonly level: string;
  /** The service that writes; each line names it. */
  readonly name: string;
  readonly version?: string;
  /** For the last line of a process; others wait for their turn. */
  readonly isWrittenAtOnce?: boolean;
}

/** Never in a log: what a payer wrote, who a person is, account numbers, signatures and secrets. */
const REDACTED = [
  'authorization',
  'key',
  'secret',
  'reference',
  'references',
  'text',
  'name',
  'counterparty',
  'body',
];

/** Process log: JSON lines on stderr, so that stdout stays free for reports. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, name, version, isWrittenAtOnce = false } = options;
  return pino(
    {
      level,
      redact: { paths: REDACTED.flatMap((path) => [path, `*.${path}`]), remove: true },
      base: {
        service: name,
        ...(version === undefined ? {} : { version }),
        pid: process.pid,
      },
    },
    pino.destination({ dest: 2, sync: isWrittenAtOnce }),
  );
}
