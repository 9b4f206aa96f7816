import pino from 'pino';

export type Logger = pino.Logger;

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
export function createLogger(options: { readonly level: string; readonly name: string }): Logger {
  return pino(
    {
      level: options.level,
      name: options.name,
      redact: { paths: REDACTED.flatMap((path) => [path, `*.${path}`]), remove: true },
      base: { pid: process.pid },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
