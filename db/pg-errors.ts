import { CodedError, isCoded, type ErrorCode } from '../domain/errors.ts';
import { explainTlsFault, tlsFaultOf, type TlsFault } from '../domain/tls-fault.ts';

/** Depth of the chain of causes that is searched for a Postgres error: drizzle wraps once, a transaction once more. */
const CAUSE_DEPTH_MAX = 8;

const MESSAGES = {
  'account.known':
    'The bank’s account is known here under another key: use that key, or rename it with `purser bank-account rename`.',
  'account.name_taken': 'Another bank account has this name: choose another one.',
  'account.not_found': 'No bank account has this key: check the key or register the account.',
  'account.setting_refused':
    'The database refuses a setting of the bank account: see the settings of `purser bank-account add`.',
  'auth.forbidden':
    'This key is not allowed to do this, or no longer: a person who may has to use a key of their own.',
  'config.invalid':
    'DATABASE_URL has a setting after `?` that the server does not know: remove it.',
  'database.conflict': 'Other work changed the same rows at the same time: try again.',
  'database.full':
    'The disk of the database server is full: free space there; Purser goes on by itself.',
  'database.login_refused':
    'The database refused the login: check the user and the password in DATABASE_URL, and that pg_hba.conf lets it in.',
  'database.not_found':
    'The server has no database of this name: check the name in DATABASE_URL, or create the database.',
  'database.not_migrated':
    'The database does not have the schema of this version: run `purser migrate`.',
  'database.read_only':
    'The database takes no writes: it is a standby, or was set read-only. Point DATABASE_URL at the primary server.',
  'database.role_refused':
    'This login may not act as purser_app: run `GRANT purser_app TO <login>` as the owner of that role, or use another login.',
  'database.tls_failed':
    'There is no trusted TLS connection to the database: see `sslmode` in docs/settings.md.',
  'database.too_many_connections':
    'The database server has no free connection: raise max_connections there, or lower DATABASE_POOL_SIZE.',
  'database.unavailable': 'The database did not answer: check that it runs and can be reached.',
  'decision.already_proposed':
    'Another decision on this deposit is open: approve or reject it first.',
  'deposit.already_settled':
    'This deposit already has an outcome: read it again before you decide.',
  'deposit.not_found': 'No deposit has this id: check the id.',
  'internal.unexpected': 'The database refused a statement: the log has its SQLSTATE.',
  'invariant.violated': 'The database refused a change that breaks a rule of the ledger.',
  'person.look_alike':
    'This name could be taken for another person’s: use that name if they are one person, else choose another one.',
  'wallet.code_taken': 'Another wallet has this customer code: choose another code.',
  'wallet.credits_pending': 'Credits of this wallet wait for the bank and cannot be spent yet.',
  'wallet.external_ref_taken': 'Another wallet has this external reference: use that wallet.',
  'wallet.not_found': 'No wallet has this id: check the id.',
} as const satisfies Partial<Record<ErrorCode, string>>;

type DatabaseErrorCode = keyof typeof MESSAGES;

/** Constraints whose name says more than the class of the error. */
export const CODE_OF_CONSTRAINT: Readonly<Record<string, DatabaseErrorCode>> = {
  api_keys_bound_accounts_known: 'account.not_found',
  api_keys_one_name_a_person: 'person.look_alike',
  bank_account_names_bank_account_key_fkey: 'account.not_found',
  bank_account_names_once: 'account.name_taken',
  bank_account_numbers_one_account: 'account.known',
  bank_accounts_api_key_env_shape: 'account.setting_refused',
  bank_accounts_api_url_shape: 'account.setting_refused',
  bank_accounts_webhook_secret_env_shape: 'account.setting_refused',
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
  payer_revocations_deposit_id_fkey: 'deposit.not_found',
  payer_revocations_wallet_id_fkey: 'wallet.not_found',
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

/** The SQLSTATEs of the ledger's own functions and triggers, and standard ones that differ from their class. */
const BY_STATE: Readonly<Record<string, DatabaseErrorCode>> = {
  PU003: 'invariant.violated',
  PU004: 'deposit.already_settled',
  PU005: 'invariant.violated',
  PU006: 'invariant.violated',
  PU007: 'database.conflict',
  PU009: 'invariant.violated',
  PU017: 'invariant.violated',
  PU020: 'invariant.violated',
  PU021: 'wallet.credits_pending',
  PU022: 'wallet.code_taken',
  '25006': 'database.read_only',
  PU023: 'auth.forbidden',
  PU024: 'account.setting_refused',
  '25P03': 'database.unavailable',
  '3D000': 'database.not_found',
  '3F000': 'database.not_migrated',
  '40001': 'database.conflict',
  '40P01': 'database.conflict',
  '42501': 'invariant.violated',
  '42703': 'database.not_migrated',
  '42883': 'database.not_migrated',
  '42P01': 'database.not_migrated',
  '53100': 'database.full',
  '53300': 'database.too_many_connections',
  '55P03': 'database.conflict',
  '57014': 'database.unavailable',
};

/** Classes of SQLSTATE, by their first two characters. */
const BY_CLASS: Readonly<Record<string, DatabaseErrorCode>> = {
  '08': 'database.unavailable',
  '23': 'invariant.violated',
  '28': 'database.login_refused',
  '53': 'database.unavailable',
  '57': 'database.unavailable',
  '58': 'database.unavailable',
};

/** SQLSTATEs that mean something else at the start of a connection than in a statement. */
const BY_STATE_AT_START: Readonly<Record<string, DatabaseErrorCode>> = {
  // The role purser_app does not exist: a migration makes it.
  '22023': 'database.not_migrated',
  '42501': 'database.role_refused',
  '42704': 'config.invalid',
};

/** The server's function that refuses a login the right to connect to a database. */
const CONNECT_CHECK = 'CheckMyDatabase';

/** Codes of the driver and the system for a failed connection, which has no SQLSTATE. */
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

const TLS_WORDS = {
  server: 'The database',
  caSetting: 'DATABASE_CA_FILE',
  addressSetting: 'DATABASE_URL',
  certificateSettings: 'DATABASE_CERT_FILE and DATABASE_KEY_FILE',
  plainSetting: 'DATABASE_TLS=off',
};

const CONNECTION_CODES: ReadonlySet<ErrorCode> = new Set([
  'database.login_refused',
  'database.not_found',
  'database.read_only',
  'database.role_refused',
  'database.tls_failed',
  'database.too_many_connections',
  'database.unavailable',
]);

/** True if there was no connection to work on; a later attempt may get one. */
export function isConnectionFailure(error: unknown): boolean {
  const coded = toCodedError(error);
  return coded !== null && CONNECTION_CODES.has(coded.code);
}

/**
 * Translates an error of the database or its driver, once, at the boundary; null if it came from neither. The result
 * has the SQLSTATE and the names of constraint and table, and nothing else: drizzle's message quotes the statement with
 * its parameters, and Postgres' DETAIL quotes the row. For the same reason the original is not kept as `cause`: loggers
 * write causes in full.
 */
export function toCodedError(error: unknown): CodedError | null {
  let each: unknown = error;
  for (let depth = 0; depth < CAUSE_DEPTH_MAX && each instanceof Error; depth += 1) {
    if (isCoded(each)) return each;
    const code = textOf(each, 'code');
    const tlsFault = code === null ? null : tlsFaultIn(each, code);
    if (tlsFault !== null) return tlsFailed(tlsFault, code);
    const fault = code === null ? null : withoutConnection(each, code);
    if (fault !== null) return coded(fault, { driver: code });
    if (code !== null && isFromPostgres(each)) return fromPostgres(each, code);
    each = each.cause;
  }
  return null;
}

function tlsFaultIn(error: Error, code: string): TlsFault | null {
  // A server without TLS closes the connection of a client that requires it.
  if (code === 'ECONNRESET' && error.message.includes('secure TLS connection')) return 'no_tls';
  // What the server itself says of a certificate that `pg_hba.conf` asks for.
  if (code === '28000' && error.message.includes('client certificate')) return 'client_certificate';
  return tlsFaultOf(code);
}

function tlsFailed(fault: TlsFault, driver: string | null): CodedError {
  return new CodedError('database.tls_failed', explainTlsFault(fault, TLS_WORDS), {
    details: { driver, fault },
  });
}

function withoutConnection(error: Error, code: string): DatabaseErrorCode | null {
  if (code === 'SASL_SIGNATURE_MISMATCH') return 'database.login_refused';
  // A missing file is not an error of the database, unless it is the socket.
  if (code === 'ENOENT' && textOf(error, 'syscall') !== 'connect') return null;
  return NO_CONNECTION.has(code) ? 'database.unavailable' : null;
}

/** Only errors of the server have a severity; a SQLSTATE is five characters. */
function isFromPostgres(error: Error): boolean {
  return textOf(error, 'severity') !== null && textOf(error, 'code')?.length === 5;
}

function fromPostgres(error: Error, sqlstate: string): CodedError {
  const constraint = textOf(error, 'constraint_name');
  const code =
    atStart(error, sqlstate) ??
    (constraint === null ? undefined : CODE_OF_CONSTRAINT[constraint]) ??
    BY_STATE[sqlstate] ??
    BY_CLASS[sqlstate.slice(0, 2)] ??
    'internal.unexpected';
  return coded(code, { sqlstate, constraint, table: textOf(error, 'table_name') });
}

/** FATAL ends a connection; with these states it ends before the first statement. */
function atStart(error: Error, sqlstate: string): DatabaseErrorCode | undefined {
  if (textOf(error, 'severity') !== 'FATAL') return undefined;
  if (textOf(error, 'routine') === CONNECT_CHECK && sqlstate === '42501')
    return 'database.login_refused';
  return BY_STATE_AT_START[sqlstate];
}

function coded(code: DatabaseErrorCode, details: Readonly<Record<string, string | null>>) {
  return new CodedError(code, MESSAGES[code], { details });
}

function textOf(error: Error, field: string): string | null {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' && value !== '' ? value : null;
}
