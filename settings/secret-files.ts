import { readFileSync } from 'node:fs';
import { isAccountSecret } from '../domain/secret-names.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Settings whose value nobody but Purser may read. */
export const SECRET_SETTINGS = [
  'DATABASE_URL',
  'DATABASE_PASSWORD',
  'MIGRATION_DATABASE_URL',
  'MIGRATION_DATABASE_PASSWORD',
  'TEMPORAL_API_KEY',
  'API_KEY_PEPPER',
  'BANK_API_KEY',
  'BANK_WEBHOOK_SECRET',
  'BANK_WEBHOOK_SECRET_NEXT',
  'PURSER_API_KEY',
] as const;

const BYTES_MAX = 65_536;

/** True if `NAME_FILE` names a file that holds the value of `NAME`. */
export function isSecretName(name: string): boolean {
  return SECRET_SETTINGS.some((each) => each === name) || isAccountSecret(name);
}

/**
 * The environment with each secret that a `…_FILE` variable names, without the line break at the end of the file. An empty
 * file counts as absent. Faults never quote a value.
 */
export function withSecretFiles(env: Variables): {
  readonly env: Variables;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const read: Record<string, string> = {};
  for (const [variable, file] of Object.entries(env)) {
    const name = variable.endsWith('_FILE') ? variable.slice(0, -'_FILE'.length) : '';
    if (file === undefined || file === '' || !isSecretName(name)) continue;
    if ((env[name] ?? '') !== '') {
      faults.push(`${variable}: ${name} is set as well: keep one of the two`);
      continue;
    }
    const secret = readSecret(file);
    if (secret.fault !== undefined) faults.push(`${variable}: ${secret.fault}`);
    else read[name] = secret.text;
  }
  return { env: { ...env, ...read }, faults };
}

function readSecret(
  file: string,
): { readonly text: string; readonly fault?: never } | { readonly fault: string } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { fault: `${file} cannot be read (${code})` };
  }
  const text = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (bytes.length > BYTES_MAX) return { fault: `${file} is too large for a secret` };
  if (/[\0\r\n]/.test(text)) return { fault: `${file} has more than one line` };
  return { text };
}
