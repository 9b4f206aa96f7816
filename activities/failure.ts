import { activityInfo, log } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toCodedError } from '../db/pg-errors.ts';
import { withDeadline } from '../db/with-deadline.ts';
import { errorName, isCoded, type CodedError, type ErrorCode } from '../domain/errors.ts';
import { InvariantViolation } from '../domain/invariant.ts';

/** Codes that no retry fixes: the run stops and reports them. */
const PERMANENT: ReadonlySet<ErrorCode> = new Set([
  'account.known',
  'account.not_found',
  'account.other_lines',
  'account.paused',
  'account.setting_refused',
  'bank.bad_response',
  'bank.unauthorized',
  'config.invalid',
  'deposit.not_found',
  'invariant.violated',
  'rate.missing',
  'statement.account_mismatch',
  'statement.account_unconfirmed',
  'statement.incomplete',
  'statement.unknown_format',
  'statement.unreadable',
]);

/**
 * Turns any error of an activity into a failure with a stable type and nothing private: no SQL, no parameters, no
 * answer of a bank.
 */
function toFailure(error: unknown): ApplicationFailure | CancelledFailure {
  // Temporal must learn that an activity ended because it was asked to.
  if (error instanceof CancelledFailure) return error;
  if (error instanceof ApplicationFailure) return error;
  const coded = isCoded(error) ? error : toCodedError(error);
  if (coded !== null) return fromCoded(coded);
  if (error instanceof InvariantViolation) {
    return ApplicationFailure.create({
      type: 'invariant.violated',
      message: error.message,
      nonRetryable: true,
    });
  }
  const name = errorName(error);
  // The frames locate the fault; the message may quote a query or a bank, so it stays out of log and history.
  const frames = error instanceof Error ? (error.stack ?? '').match(/^ +at .+$/gm) : null;
  log.error('activity failed unexpectedly', { name, frames: frames?.slice(0, 8).join('\n') ?? '' });
  return ApplicationFailure.create({
    type: 'internal.unexpected',
    message: `An activity failed with ${name}.`,
  });
}

function fromCoded(error: CodedError): ApplicationFailure {
  const retryAfterMs = error.details['retryAfterMs'];
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: PERMANENT.has(error.code),
    ...(typeof retryAfterMs === 'number' ? { nextRetryDelay: retryAfterMs } : {}),
  });
}

/**
 * Wraps each activity of a record: only clean failures reach a history, and an attempt that outlives its timeout
 * releases its slot instead of keeping it permanently.
 */
export function withCleanFailures<T extends Record<string, (input: never) => Promise<unknown>>>(
  activities: T,
): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      try {
        return await withDeadline(activity(input), activityInfo().startToCloseTimeoutMs);
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
