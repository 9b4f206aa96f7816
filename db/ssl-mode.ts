import { CodedError } from '../domain/errors.ts';

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** How a connection is encrypted, in the words of libpq. */
export type SslMode = (typeof SSL_MODES)[number];

/** What a connection URL says about TLS, with the names of files. */
export interface SslWish {
  readonly mode: SslMode;
  /** Null: the authorities that Node trusts. */
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

/** The parameters of libpq that Purser reads itself, since the driver would send them to the server. */
export const SSL_PARAMETERS = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;

/** Of libpq, and without a meaning here: whoever sets one must learn that nothing heeds it. */
const REFUSED = [
  'sslpassword',
  'sslcrl',
  'sslcrldir',
  'sslcertmode',
  'ssl_min_protocol_version',
  'ssl_max_protocol_version',
  'requiressl',
  'channel_binding',
  'gssencmode',
];

/**
 * Reads `sslmode`, `sslrootcert`, `sslcert`, `sslkey` and `ssl` of a connection URL as libpq users expect them. Two things
 * are stricter: a CA without a mode means `verify-full`, and `verify-ca` needs a CA, since anybody gets a certificate of a
 * public one. `ssl=true` means `verify-full`.
 * @throws CodedError `config.invalid` naming the parameter
 */
export function readSslWish(parameters: URLSearchParams): SslWish {
  const refused = REFUSED.find((name) => parameters.has(name));
  if (refused !== undefined) throw invalid(`${refused} is not supported: remove it`);
  const given = (name: string) => parameters.get(name) || null;
  const rootCert = given('sslrootcert');
  const certFile = given('sslcert');
  const keyFile = given('sslkey');
  if ((certFile === null) !== (keyFile === null))
    throw invalid('a client certificate needs both sslcert and sslkey');
  const said = saidMode(given('sslmode'), given('ssl'));
  const isSystem = rootCert === 'system';
  if (isSystem && said !== null && said !== 'verify-full')
    throw invalid('sslrootcert=system needs sslmode=verify-full');
  const mode = said ?? (rootCert !== null ? 'verify-full' : 'disable');
  const caFile = isSystem ? null : rootCert;
  if (mode === 'verify-ca' && caFile === null)
    throw invalid(
      'sslmode=verify-ca needs the file of a CA (DATABASE_CA_FILE or sslrootcert): anybody gets a certificate of a public one',
    );
  if (mode === 'disable' && (rootCert ?? certFile) !== null)
    throw invalid('sslmode=disable contradicts the certificates beside it');
  // As in libpq: whoever gives a CA wants it to be used.
  return {
    mode: mode === 'require' && caFile !== null ? 'verify-ca' : mode,
    caFile,
    certFile,
    keyFile,
  };
}

/** True if nobody on the way can read the connection: `allow` and `prefer` fall back to plain text. */
export function isEncrypted({ mode }: SslWish): boolean {
  return mode === 'require' || mode === 'verify-ca' || mode === 'verify-full';
}

function saidMode(sslmode: string | null, ssl: string | null): SslMode | null {
  const bySsl = ssl === null ? null : modeOfSsl(ssl);
  const byMode = sslmode === null ? null : parseMode(sslmode, 'sslmode');
  if (bySsl !== null && byMode !== null && bySsl !== byMode)
    throw invalid('ssl and sslmode contradict each other: keep sslmode');
  return byMode ?? bySsl;
}

function modeOfSsl(text: string): SslMode {
  if (text === 'true' || text === '1') return 'verify-full';
  if (text === 'false' || text === '0') return 'disable';
  return parseMode(text, 'ssl');
}

function parseMode(text: string, name: string): SslMode {
  const mode = SSL_MODES.find((each) => each === text);
  if (mode !== undefined) return mode;
  throw invalid(`${name} must be one of ${SSL_MODES.join(', ')}`);
}

function invalid(why: string): CodedError {
  return new CodedError('config.invalid', `The database's URL is not usable: ${why}.`);
}
