import type { ConnectionSettings } from './connection-settings.ts';

/** What settings beside a connection URL say about the same connection. */
export interface DatabaseUrlParts {
  readonly password: string | undefined;
  /** The setting that holds the password. */
  readonly passwordSetting: string;
  readonly tls: ConnectionSettings['DATABASE_TLS'];
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

/**
 * The URL with everything that is said about the connection, so that each user of it needs the URL alone. What the URL
 * itself says stays; `faults` names each setting that says something else.
 */
export function completeDatabaseUrl(
  text: string,
  parts: DatabaseUrlParts,
): { readonly url: string; readonly faults: readonly string[] } {
  const url = new URL(text);
  const faults: string[] = [];
  if (parts.password !== undefined) {
    if (url.password === '') url.password = encodeURIComponent(parts.password);
    else faults.push(`${parts.passwordSetting}: the URL has a password already`);
  }
  const mode = parts.tls === 'off' ? 'disable' : parts.tls;
  const said = [
    ['DATABASE_TLS', 'sslmode', mode],
    ['DATABASE_CA_FILE', 'sslrootcert', parts.caFile],
    ['DATABASE_CERT_FILE', 'sslcert', parts.certFile],
    ['DATABASE_KEY_FILE', 'sslkey', parts.keyFile],
  ] as const;
  for (const [setting, parameter, value] of said) {
    if (value === undefined) continue;
    const inUrl = url.searchParams.get(parameter);
    if (inUrl === null) url.searchParams.set(parameter, value);
    else if (inUrl !== value) faults.push(`${setting}: the URL says ${parameter}=${inUrl}`);
  }
  return { url: url.href, faults };
}
