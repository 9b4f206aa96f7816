import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { CodedError } from '../domain/errors.ts';
import { readSslWish, SSL_PARAMETERS, type SslWish } from './ssl-mode.ts';

/** What the driver needs to connect. */
export interface ConnectionAddress {
  /** Without what is said about TLS. */
  readonly url: string;
  readonly ssl: false | 'prefer' | ConnectionOptions;
}

/**
 * Splits a connection URL into an address and its TLS options, and reads the files that it names.
 * @throws CodedError `config.invalid` for contradictions and unreadable files
 */
export function connectionAddress(text: string): ConnectionAddress {
  if (!URL.canParse(text)) return { url: text, ssl: false };
  const url = new URL(text);
  const wish = readSslWish(url.searchParams);
  for (const name of SSL_PARAMETERS) url.searchParams.delete(name);
  return { url: url.href, ssl: tlsOptions(wish, url.hostname) };
}

function tlsOptions(wish: SslWish, hostname: string): ConnectionAddress['ssl'] {
  const { caFile, certFile, keyFile, mode } = wish;
  if (mode === 'disable') return false;
  if (mode === 'allow' || mode === 'prefer') return 'prefer';
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    rejectUnauthorized: mode !== 'require',
    ...(caFile === null ? {} : { ca: readPem(caFile, 'CA') }),
    ...(certFile === null ? {} : { cert: readPem(certFile, 'client certificate') }),
    ...(keyFile === null ? {} : { key: readPem(keyFile, "client certificate's key") }),
    // The driver names the host for names only; without one Node would compare an address with `localhost`.
    ...(isIP(host) === 0 ? {} : { host }),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

function readPem(file: string, what: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new CodedError('config.invalid', `The database's ${what} cannot be read: ${file}.`);
  }
  if (text.includes('-----BEGIN ')) return text;
  throw new CodedError('config.invalid', `The database's ${what} is not in PEM: ${file}.`);
}
