import type { LogLevel, LogMetadata } from '@temporalio/worker';
import { framesOf } from '../domain/errors.ts';
import type { Logger } from '../logger.ts';

const LEVELS = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/**
 * What a line of the worker's log may say: alerts, codes, ids, counts, and where an error came from. Everything else that
 * Temporal or an activity knows stays out, since it may be what a payer wrote.
 */
const ALLOWED = new Set([
  'accountKey',
  'activityType',
  'alert',
  'attempt',
  'code',
  'count',
  'decisionId',
  'depositId',
  'errorCode',
  'example',
  'fileId',
  'reminder',
  'severity',
  'signalName',
  'subject',
  'taskQueue',
  'updateName',
  'workflowId',
  'workflowType',
]);
const TEXT_CHARS_MAX = 200;

/** Sends a line of Temporal's runtime, of a workflow or of an activity to our log. */
export function writeTemporalLine(
  logger: Logger,
  level: LogLevel,
  message: string,
  meta: LogMetadata = {},
): void {
  logger[LEVELS[level]](factsOf(meta), message);
}

/** The fields of a line; of an error its kind, its code and its frames, never its message. */
export function factsOf(meta: LogMetadata): Readonly<Record<string, unknown>> {
  const allowed = Object.entries(meta).filter(
    ([name, value]) =>
      ALLOWED.has(name) && ['string', 'number', 'boolean', 'bigint'].includes(typeof value),
  );
  const plain = allowed.map(([name, value]): [string, unknown] => [
    name,
    typeof value === 'string' ? value.slice(0, TEXT_CHARS_MAX) : value,
  ]);
  const { error } = meta as { readonly error?: unknown };
  return {
    temporal: true,
    ...Object.fromEntries(plain),
    ...(error instanceof Error ? causeOf(error) : {}),
  };
}

function causeOf(error: Error) {
  const inner = error.cause instanceof Error ? error.cause : error;
  const code = codeOf(inner) ?? codeOf(error);
  return {
    cause: error.name,
    ...(code === null ? {} : { code }),
    frames: framesOf(inner),
  };
}

function codeOf(error: Error): string | null {
  const { code, type } = error as { readonly code?: unknown; readonly type?: unknown };
  for (const each of [type, code])
    if (typeof each === 'string' && /^[\w.]{1,60}$/.test(each)) return each;
  return null;
}
