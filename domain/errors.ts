/**
 * Every coded error: an operation failed for a reason that callers distinguish by `code`. Expected outcomes (a deposit
 * without an owner) are values, and our own bugs are invariants. docs/errors.md has a heading for each code; a test keeps
 * the two equal.
 */
export const ERROR_CODES = [
  'account.known',
  'account.name_taken',
  'account.not_found',
  'account.not_polled',
  'account.other_lines',
  'account.paused',
  'account.setting_refused',
  'api.unavailable',
  'api_key.not_found',
  'auth.forbidden',
  'auth.invalid_key',
  'auth.missing',
  'bank.bad_response',
  'bank.rate_limited',
  'bank.unauthorized',
  'bank.unavailable',
  'case.not_open',
  'case.pair_mismatch',
  'case.wrong_kind',
  'claim.not_found',
  'claim.not_open',
  'config.invalid',
  'database.conflict',
  'database.full',
  'database.login_refused',
  'database.login_too_powerful',
  'database.not_found',
  'database.not_migrated',
  'database.read_only',
  'database.role_refused',
  'database.tls_failed',
  'database.too_many_connections',
  'database.unavailable',
  'decision.already_proposed',
  'decision.expired',
  'decision.limit_reached',
  'decision.not_creditable',
  'decision.not_found',
  'decision.not_open',
  'decision.payload_changed',
  'decision.same_person',
  'decision.same_wallet',
  'decision.split_mismatch',
  'deposit.already_settled',
  'deposit.not_credited',
  'deposit.not_found',
  'embedded.locked',
  'embedded.port_in_use',
  'embedded.postgres_failed',
  'embedded.temporal_failed',
  'embedded.temporal_not_found',
  'gate.not_closed',
  'internal.unexpected',
  'invariant.violated',
  'migration.failed',
  'migration.other_baseline',
  'money.unreadable',
  'notification.not_found',
  'person.look_alike',
  'person.not_found',
  'rate.missing',
  'request.body_too_large',
  'request.idempotency_key_missing',
  'request.invalid',
  'request.key_reused',
  'request.rate_limited',
  'request.route_not_found',
  'request.timed_out',
  'request.unsupported_media_type',
  'review.not_open',
  'run.cancelled',
  'run.lost',
  'statement.account_mismatch',
  'statement.account_unconfirmed',
  'statement.incomplete',
  'statement.not_found',
  'statement.not_held',
  'statement.proof_failed',
  'statement.unknown_format',
  'statement.unreadable',
  'temporal.login_refused',
  'temporal.namespace_not_found',
  'temporal.tls_failed',
  'temporal.unavailable',
  'wallet.code_taken',
  'wallet.codes_exhausted',
  'wallet.credits_pending',
  'wallet.external_ref_taken',
  'wallet.insufficient_credits',
  'wallet.not_found',
  'wallet.not_open',
  'wallet.owes',
  'webhook.bad_signature',
  'webhook.key_reused',
  'webhook.unreadable',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Facts for logs and for `where` in reports: never references, names, account numbers or secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** The one error class. Match it by `code` with {@link isCoded}: classes do not survive a replay. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  /** @param message what happened, what was found and what to do; safe to show to the caller. */
  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly details?: ErrorDetails; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** True if `error` is a {@link CodedError}, of this `code` when one is given. */
export function isCoded(error: unknown, code?: ErrorCode): error is CodedError {
  return (
    error instanceof Error &&
    error.name === 'CodedError' &&
    'code' in error &&
    (code === undefined || error.code === code)
  );
}

/** The name of whatever was thrown, for logs: a message may quote rows, a request's body or a bank's answer. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

const FRAMES_MAX = 12;

/** Where whatever was thrown came from: the lines of its stack without its message, a line of which may look like one. */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { message, stack = '' } = error;
  const start = stack.indexOf(message);
  return (start < 0 ? stack : stack.slice(start + message.length))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*:\d+:\d+\)?$/.test(line))
    .slice(0, FRAMES_MAX);
}
