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
  'runId',
  'severity',
  'signalName',
  'subject',
  'taskQueue',
  'updateName',
  'workflowId',
  'workflowType',
]);
/** Of the workers that take activities only. */
const EXPECTED: ReadonlySet<string> = new Set([
  'No workflows registered, not polling for workflow tasks',
]);
const TEXT_CHARS_MAX = 200;

/** Sends a line of Temporal's runtime, of a workflow or of an activity to our log. */
export function writeTemporalLine(
  logger: Logger,
  level: LogLevel,
  message: string,
  meta: LogMetadata = {},
): void {
  logger[LEVELS[EXPECTED.has(message) ? 'DEBUG' : level]](factsOf(meta), message);
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
    ...ruleOf(meta),
    ...(error instanceof Error ? causeOf(error) : {}),
  };
}

/**
 * Temporal's number for what went wrong. Where code does not fit a history (`TMPRL1100`), its words name the types of both
 * and nothing of their content.
 */
function ruleOf(meta: LogMetadata): { readonly code?: string; readonly detail?: string } {
  for (const value of Object.values(meta)) {
    const text: unknown = value instanceof Error ? value.message : value;
    if (typeof text !== 'string') continue;
    const [, code, detail] = /\[(TMPRL\d{4})\]([\w\s':(),.]*)/.exec(text) ?? [];
    if (code === undefined || detail === undefined) continue;
    return code === 'TMPRL1100'
      ? { code, detail: detail.trim().slice(0, TEXT_CHARS_MAX) }
      : { code };
  }
  return {};
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
