import type { ErrorCode } from '../domain/errors.ts';

/** How a coded error is told to a caller of the API. */
export interface HttpError {
  readonly status: number;
  /** Fixed text, safe to show: the only words that leave with a 5xx. */
  readonly title: string;
}

const entry = (status: number, title: string): HttpError => ({ status, title });

/** Every code, so that a new one cannot be forgotten here. docs/errors.md explains each at length. */
export const HTTP_ERRORS: Readonly<Record<ErrorCode, HttpError>> = {
  'account.not_found': entry(404, 'There is no such bank account.'),
  'account.not_polled': entry(409, 'This bank account has no poll schedule.'),
  'api.unavailable': entry(503, 'The API cannot be reached. Try again.'),
  'auth.forbidden': entry(403, 'This key may not do that.'),
  'auth.invalid_key': entry(401, 'The API key is not valid.'),
  'auth.missing': entry(401, 'An API key is needed.'),
  'bank.bad_response': entry(502, 'The bank answered something that cannot be read.'),
  'bank.rate_limited': entry(503, 'The bank asks to be called less often.'),
  'bank.unauthorized': entry(502, 'The bank refused our credentials.'),
  'bank.unavailable': entry(503, 'The bank cannot be reached.'),
  'case.not_open': entry(404, 'There is no such open case.'),
  'case.pair_mismatch': entry(409, 'The line does not reverse that deposit.'),
  'case.wrong_kind': entry(409, 'This case is about something else.'),
  'claim.not_found': entry(404, 'There is no such claim.'),
  'claim.not_open': entry(409, 'The claim is over.'),
  'config.invalid': entry(500, 'The service is not configured rightly.'),
  'database.conflict': entry(503, 'Other work was in the way. Try again.'),
  'database.login_refused': entry(503, 'The database refuses the login of this service.'),
  'database.not_found': entry(503, 'The database of this service does not exist.'),
  'database.not_migrated': entry(500, 'The database does not have the schema of this version.'),
  'database.role_refused': entry(503, 'The login of this service lacks its database role.'),
  'database.tls_failed': entry(503, 'The database has no TLS connection that can be trusted.'),
  'database.unavailable': entry(503, 'The database cannot be reached. Try again.'),
  'decision.already_proposed': entry(409, 'Another decision on this deposit is open.'),
  'decision.expired': entry(409, 'The proposal was not approved in time.'),
  'decision.limit_reached': entry(403, "This is more than a person's limit of a day allows."),
  'decision.not_found': entry(404, 'There is no such decision.'),
  'decision.not_open': entry(409, 'This decision does not wait for that.'),
  'decision.payload_changed': entry(409, 'This is not what was proposed.'),
  'decision.same_person': entry(403, 'A second person must approve this.'),
  'decision.split_mismatch': entry(400, 'The split does not add up.'),
  'deposit.already_settled': entry(409, 'This deposit is settled already.'),
  'deposit.not_credited': entry(409, 'This deposit has no credit that could be corrected.'),
  'deposit.not_found': entry(404, 'There is no such deposit.'),
  'embedded.locked': entry(500, 'An embedded server could not start.'),
  'embedded.port_in_use': entry(500, 'An embedded server could not start.'),
  'embedded.postgres_failed': entry(500, 'An embedded server could not start.'),

  'embedded.temporal_failed': entry(500, 'An embedded server could not start.'),
  'embedded.temporal_not_found': entry(500, 'An embedded server could not start.'),
  'gate.not_closed': entry(409, 'This gate was never closed.'),
  'internal.unexpected': entry(500, 'Something unexpected happened. The log has it by request id.'),
  'invariant.violated': entry(500, 'A rule of the ledger would have been broken. Nothing moved.'),
  'migration.failed': entry(500, 'The database does not fit this version.'),
  'money.unreadable': entry(400, 'An amount cannot be read.'),
  'notification.not_found': entry(404, 'This wallet has no such notification.'),
  'person.not_found': entry(404, 'Nobody of this name has a key.'),
  'rate.missing': entry(500, 'No rate is in force on that day.'),
  'request.body_too_large': entry(413, 'The body is too large.'),
  'request.idempotency_key_missing': entry(400, 'An Idempotency-Key header is needed.'),
  'request.invalid': entry(400, 'The request is not as documented.'),
  'request.key_reused': entry(409, 'This Idempotency-Key was used for another request.'),
  'request.rate_limited': entry(429, 'Too many requests. Wait, then try again.'),
  'request.route_not_found': entry(404, 'There is nothing at this address.'),
  'request.unsupported_media_type': entry(415, 'The body must be application/json.'),
  'review.not_open': entry(409, 'This deposit has no open review.'),
  'statement.account_mismatch': entry(400, 'The statement is of another account.'),
  'statement.incomplete': entry(400, 'The statement is not whole.'),
  'statement.not_found': entry(404, 'There is no such statement file.'),
  'statement.not_held': entry(409, 'No statement of the file is held.'),
  'statement.proof_failed': entry(
    400,
    'The balances of the statement do not agree with its lines.',
  ),
  'statement.unknown_format': entry(400, 'The format of the statement is not known.'),
  'statement.unreadable': entry(400, 'The statement cannot be read.'),
  'temporal.unavailable': entry(503, 'Temporal cannot be reached. Try again.'),
  'wallet.code_taken': entry(409, 'Another wallet has this customer code.'),
  'wallet.external_ref_taken': entry(409, 'Another wallet has this external reference.'),
  'wallet.insufficient_credits': entry(409, 'The wallet has fewer credits.'),
  'wallet.not_found': entry(404, 'There is no such wallet.'),
  'wallet.not_open': entry(409, 'The wallet is not open.'),
  'wallet.owes': entry(409, 'The wallet owes for a deposit that was taken back.'),
  'webhook.bad_signature': entry(401, 'The signature of the webhook is not valid.'),
  'webhook.key_reused': entry(409, 'This webhook id came before with another body.'),
  'webhook.unreadable': entry(400, 'The body of the webhook cannot be read.'),
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
  /** Where a request is not as documented; places and rules, never the values found there. */
  readonly faults?: readonly { readonly at: string; readonly rule: string }[];
}

/** Where docs/errors.md explains a code; its headings are the codes, and anchors lose the dot. */
export function errorDocsUrl(code: ErrorCode): string {
  return `/docs/errors.md#${code.replace('.', '')}`;
}

/** Words a problem for the caller. From status 500 up the message stays inside. */
export function toProblem(
  code: ErrorCode,
  message: string,
  request: { readonly path: string; readonly requestId: string },
  faults?: Problem['faults'],
): Problem {
  const { status, title } = HTTP_ERRORS[code];
  return {
    type: errorDocsUrl(code),
    title,
    status,
    detail: status >= 500 ? title : message,
    code,
    instance: request.path,
    requestId: request.requestId,
    ...(faults === undefined ? {} : { faults }),
  };
}
