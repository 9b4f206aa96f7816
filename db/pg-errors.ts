import { CodedError, isCoded, type ErrorCode } from '../domain/errors.ts';

/** How far down a chain of causes a Postgres error is looked for: drizzle wraps once, a transaction once more. */
const CAUSE_DEPTH_MAX = 8;

const MESSAGES = {
  'account.not_found': 'No bank account has this key: check the key or register the account.',
  'database.conflict': 'Other work changed the same rows at the same time: try again.',
  'database.unavailable': 'The database did not answer: check that it runs and can be reached.',
  'decision.already_proposed':
    'Another decision on this deposit waits for a person: approve or reject it first.',
  'deposit.already_settled': 'This deposit is settled already: read it again before you decide.',
  'deposit.not_found': 'No deposit has this id: check the id.',
  'internal.unexpected': 'The database refused a statement: the log has its SQLSTATE.',
  'invariant.violated': 'The database refused a change that breaks a rule of the ledger.',
  'migration.failed': 'The database lacks something this version needs: run `purser migrate`.',
  'wallet.code_taken': 'Another wallet has this customer code: choose another one.',
  'wallet.external_ref_taken': 'Another wallet has this external reference: use that wallet.',
  'wallet.not_found': 'No wallet has this id: check the id.',
} as const satisfies Partial<Record<ErrorCode, string>>;

type DatabaseErrorCode = keyof typeof MESSAGES;

/** Constraints whose refusal says more than their class does. */
export const CODE_OF_CONSTRAINT: Readonly<Record<string, DatabaseErrorCode>> = {
  bank_events_bank_account_key_fkey: 'account.not_found',
  bank_events_once: 'database.conflict',
  decision_allocations_wallet_id_fkey: 'wallet.not_found',
  decisions_deposit_id_fkey: 'deposit.not_found',
  decisions_one_open: 'decision.already_proposed',
  deposits_wallet_id_fkey: 'wallet.not_found',
  idempotency_keys_pkey: 'database.conflict',
  journals_one_return_paid: 'deposit.already_settled',
  journals_one_terminal: 'deposit.already_settled',
  journals_one_undoing: 'deposit.already_settled',
  journals_wallet_id_fkey: 'wallet.not_found',
  journals_wallet_seq_unique: 'database.conflict',
  lines_bank_account_key_fkey: 'account.not_found',
  lines_captured_once: 'database.conflict',
  lines_transaction_key_unique: 'database.conflict',
  pending_lines_bank_account_key_fkey: 'account.not_found',
  pending_lines_pkey: 'database.conflict',
  runs_bank_account_key_fkey: 'account.not_found',
  sightings_held_once: 'database.conflict',
  sightings_once: 'database.conflict',
  statement_files_bank_account_key_fkey: 'account.not_found',
  statement_files_once: 'database.conflict',
  statements_once: 'database.conflict',
  wallets_code_unique: 'wallet.code_taken',
  wallets_external_ref_unique: 'wallet.external_ref_taken',
};

/** The SQLSTATEs that the ledger's own functions and triggers raise, and standard ones that differ from their class. */
const BY_STATE: Readonly<Record<string, DatabaseErrorCode>> = {
  PU003: 'invariant.violated',
  PU004: 'deposit.already_settled',
  PU005: 'invariant.violated',
  PU006: 'invariant.violated',
  PU007: 'database.conflict',
  PU009: 'invariant.violated',
  PU017: 'invariant.violated',
  PU020: 'invariant.violated',
  '25006': 'database.unavailable',
  '25P03': 'database.unavailable',
  '3D000': 'database.unavailable',
  '40001': 'database.conflict',
  '40P01': 'database.conflict',
  '42501': 'invariant.violated',
  '42703': 'migration.failed',
  '42883': 'migration.failed',
  '42P01': 'migration.failed',
  '55P03': 'database.conflict',
  '57014': 'database.unavailable',
};

/** Classes of SQLSTATE, by their first two characters. */
const BY_CLASS: Readonly<Record<string, DatabaseErrorCode>> = {
  '08': 'database.unavailable',
  '23': 'invariant.violated',
  '28': 'database.unavailable',
  '53': 'database.unavailable',
  '57': 'database.unavailable',
  '58': 'database.unavailable',
};

/** What the driver and the system say when there is no connection, so no SQLSTATE. */
const NO_CONNECTION: ReadonlySet<string> = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * Translates what the database or its driver threw, once, at the boundary; null where neither is to blame.
 * The result carries the SQLSTATE and the names of constraint and table, and nothing else: drizzle's message quotes the
 * statement with its parameters, and Postgres' DETAIL quotes the row. For the same reason the original is not kept as
 * `cause`, since loggers print causes in full.
 */
export function toCodedError(error: unknown): CodedError | null {
  let each: unknown = error;
  for (let depth = 0; depth < CAUSE_DEPTH_MAX && each instanceof Error; depth += 1) {
    if (isCoded(each)) return each;
    const code = textOf(each, 'code');
    if (code !== null && NO_CONNECTION.has(code))
      return coded('database.unavailable', { driver: code });
    if (code !== null && isFromPostgres(each)) return fromPostgres(each, code);
    each = each.cause;
  }
  return null;
}

/** Only errors of the server have a severity; a SQLSTATE is five characters. */
function isFromPostgres(error: Error): boolean {
  return textOf(error, 'severity') !== null && textOf(error, 'code')?.length === 5;
}

function fromPostgres(error: Error, sqlstate: string): CodedError {
  const constraint = textOf(error, 'constraint_name');
  const code =
    (constraint === null ? undefined : CODE_OF_CONSTRAINT[constraint]) ??
    BY_STATE[sqlstate] ??
    BY_CLASS[sqlstate.slice(0, 2)] ??
    'internal.unexpected';
  return coded(code, { sqlstate, constraint, table: textOf(error, 'table_name') });
}

function coded(code: DatabaseErrorCode, details: Readonly<Record<string, string | null>>) {
  return new CodedError(code, MESSAGES[code], { details });
}

function textOf(error: Error, field: string): string | null {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' && value !== '' ? value : null;
}
