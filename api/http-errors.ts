import type { ErrorCode } from '../domain/errors.ts';

/** How the API answers a coded error. */
export interface HttpError {
  readonly status: number;
  /** Fixed text, safe to show: the only words of a 5xx that callers see. */
  readonly title: string;
}

const entry = (status: number, title: string): HttpError => ({ status, title });

/** Every code: the compiler demands an entry for a new one. docs/errors.md explains each at length. */
export const HTTP_ERRORS: Readonly<Record<ErrorCode, HttpError>> = {
  'account.known': entry(409, 'The bank account is known under another key.'),
  'account.name_taken': entry(409, 'Another bank account has this name.'),
  'account.not_found': entry(404, 'Bank account not found.'),
  'account.not_polled': entry(409, 'This bank account has no poll schedule.'),
  'account.other_lines': entry(409, 'The bank shows the lines of another account.'),
  'account.paused': entry(409, 'The reading of this bank account is paused.'),
  'account.setting_refused': entry(400, 'A setting of the bank account is refused.'),
  'api.unavailable': entry(503, 'The API cannot be reached. Try again.'),
  'api_key.not_found': entry(404, 'No API key in force has this id.'),
  'auth.forbidden': entry(403, 'This API key or token is not allowed to do that.'),
  'auth.invalid_key': entry(401, 'The API key or token is invalid.'),
  'auth.missing': entry(401, 'This request needs an API key.'),
  'bank.bad_response': entry(502, 'The bank sent an invalid response.'),
  'bank.rate_limited': entry(503, 'The bank limits how often it may be called.'),
  'bank.unauthorized': entry(502, 'The bank rejected the credentials of Purser.'),
  'bank.unavailable': entry(503, 'The bank cannot be reached.'),
  'case.not_open': entry(404, 'Open case not found.'),
  'case.pair_mismatch': entry(409, 'The line does not reverse that deposit.'),
  'case.wrong_kind': entry(409, 'This action does not apply to cases of that kind.'),
  'claim.not_found': entry(404, 'Claim not found.'),
  'claim.not_open': entry(409, 'This claim has already ended.'),
  'config.invalid': entry(500, 'The service is misconfigured.'),
  'database.conflict': entry(503, 'Another request changed the same data. Try again.'),
  'database.full': entry(503, 'The database has no space left.'),
  'database.login_refused': entry(503, 'The database refuses the login of this service.'),
  'database.login_too_powerful': entry(503, 'The login of this service may do too much.'),
  'database.not_found': entry(503, 'The database of this service does not exist.'),
  'database.not_migrated': entry(500, 'The database does not have the schema of this version.'),
  'database.read_only': entry(503, 'The database takes no writes at present.'),
  'database.role_refused': entry(503, 'The login of this service lacks its database role.'),
  'database.tls_failed': entry(503, 'The database has no TLS connection that can be trusted.'),
  'database.too_many_connections': entry(503, 'The database has no free connection. Try again.'),
  'database.unavailable': entry(503, 'The database cannot be reached. Try again.'),
  'decision.already_proposed': entry(409, 'Another decision on this deposit is open.'),
  'decision.expired': entry(409, 'The proposal expired before it was approved.'),
  'decision.limit_reached': entry(403, 'This exceeds the daily limit of one person.'),
  'decision.not_creditable': entry(409, 'This deposit cannot be credited.'),
  'decision.not_found': entry(404, 'Decision not found.'),
  'decision.not_open': entry(409, 'This decision is no longer open.'),
  'decision.payload_changed': entry(409, 'The proposal has changed since you read it.'),
  'decision.same_person': entry(403, 'A second person must approve this.'),
  'decision.same_wallet': entry(409, 'The deposit is in this wallet already.'),
  'decision.split_mismatch': entry(400, 'The parts do not add up to the deposit.'),
  'deposit.already_settled': entry(409, 'This deposit already has an outcome.'),
  'deposit.not_credited': entry(409, 'This deposit has no credit to correct.'),
  'deposit.not_found': entry(404, 'Deposit not found.'),
  'embedded.locked': entry(500, 'An embedded server could not start.'),
  'embedded.port_in_use': entry(500, 'An embedded server could not start.'),
  'embedded.postgres_failed': entry(500, 'An embedded server could not start.'),
  'embedded.temporal_failed': entry(500, 'An embedded server could not start.'),
  'embedded.temporal_not_found': entry(500, 'An embedded server could not start.'),
  'gate.not_closed': entry(409, 'This gate has never been closed.'),
  'internal.unexpected': entry(
    500,
    'An unexpected error occurred. Search the log for the request id.',
  ),
  'invariant.violated': entry(500, 'The change would break a ledger rule. No money moved.'),
  'migration.failed': entry(500, 'The database schema does not match this version.'),
  'migration.other_baseline': entry(
    500,
    'The database schema belongs to another version of Purser.',
  ),
  'money.unreadable': entry(400, 'The amount is malformed.'),
  'notification.not_found': entry(404, 'Notification not found in this wallet.'),
  'person.look_alike': entry(409, 'This name could be taken for another person’s.'),
  'person.not_found': entry(404, 'No active API key belongs to this person.'),
  'rate.missing': entry(500, 'No rate applies on that day.'),
  'request.body_too_large': entry(413, 'The request body exceeds the size limit.'),
  'request.idempotency_key_missing': entry(400, 'This request needs an Idempotency-Key header.'),
  'request.invalid': entry(400, 'The request does not match the documentation.'),
  'request.key_reused': entry(409, 'This Idempotency-Key belongs to a different request.'),
  'request.rate_limited': entry(429, 'Too many requests. Wait, then try again.'),
  'request.route_not_found': entry(404, 'Nothing is served at this address.'),
  'request.timed_out': entry(503, 'The request took too long. Try again.'),
  'request.unsupported_media_type': entry(415, 'The body must be application/json.'),
  'review.not_open': entry(409, 'This deposit has no open review.'),
  'run.cancelled': entry(500, 'The run was cancelled.'),
  'run.lost': entry(500, 'The run ended without a record.'),
  'statement.account_mismatch': entry(400, 'The statement belongs to another account.'),
  'statement.account_unconfirmed': entry(
    400,
    'The account number of the statement is not confirmed.',
  ),
  'statement.incomplete': entry(400, 'The statement is incomplete.'),
  'statement.not_found': entry(404, 'Statement file not found.'),
  'statement.not_held': entry(409, 'This file has no held statement.'),
  'statement.proof_failed': entry(400, 'The balances of the statement do not match its lines.'),
  'statement.unknown_format': entry(400, 'The statement format is not recognised.'),
  'statement.unreadable': entry(400, 'The statement is malformed.'),
  'temporal.login_refused': entry(503, 'Temporal refuses the login of this service.'),
  'temporal.namespace_not_found': entry(503, 'Temporal lacks the namespace of this service.'),
  'temporal.tls_failed': entry(503, 'Temporal has no TLS connection that can be trusted.'),
  'temporal.unavailable': entry(503, 'Temporal cannot be reached. Try again.'),
  'wallet.code_taken': entry(409, 'Another wallet has this customer code.'),
  'wallet.codes_exhausted': entry(507, 'Nearly all customer codes are taken.'),
  'wallet.external_ref_taken': entry(409, 'Another wallet has this external reference.'),
  'wallet.credits_pending': entry(
    409,
    'Credits of this wallet wait for the bank and cannot be spent yet.',
  ),
  'wallet.insufficient_credits': entry(409, 'The wallet does not have enough credits.'),
  'wallet.not_found': entry(404, 'Wallet not found.'),
  'wallet.not_open': entry(409, 'The wallet is not open.'),
  'wallet.owes': entry(409, 'The wallet owes money for a reversed deposit.'),
  'webhook.bad_signature': entry(401, 'The webhook signature is invalid.'),
  'webhook.key_reused': entry(409, 'This webhook id was already used with another body.'),
  'webhook.unreadable': entry(400, 'The webhook body is malformed.'),
};

/** RFC 9457, with the stable `code` to branch on and the request id to ask about. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly instance: string;
  readonly requestId: string;
  /** The places of an invalid request and the rules they break, never the values found there. */
  readonly faults?: readonly { readonly at: string; readonly rule: string }[];
}

/** The address that explains a code; this server answers it. */
function errorUrl(code: ErrorCode): string {
  return `/errors/${code}`;
}

/** Makes the problem that callers see. From status 500 up the message stays in the log. */
export function toProblem(
  code: ErrorCode,
  message: string,
  request: { readonly path: string; readonly requestId: string },
  faults?: Problem['faults'],
): Problem {
  const { status, title } = HTTP_ERRORS[code];
  return {
    type: errorUrl(code),
    title,
    status,
    detail: status >= 500 ? title : message,
    code,
    instance: request.path,
    requestId: request.requestId,
    ...(faults === undefined ? {} : { faults }),
  };
}
