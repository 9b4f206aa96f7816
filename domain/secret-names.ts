/** The secrets of a bank account: what the worker sends to the bank, and what the API checks webhooks with. */
export type SecretKind = 'api_key' | 'webhook_secret';

/**
 * The environment variables that an account may name, by kind. An account's row is writable by more people than the
 * environment is, so a name in it must never reach another secret of a process, nor a secret of the other kind. The
 * database has the same two patterns.
 */
const SECRET_NAMES: Readonly<Record<SecretKind, RegExp>> = {
  api_key: /^BANK_([A-Z0-9]{1,20}_){0,3}API_KEY$/,
  webhook_secret: /^BANK_([A-Z0-9]{1,20}_){0,3}WEBHOOK_SECRET$/,
};

/** What such a name looks like, for people. */
export const SECRET_NAME_WORDS: Readonly<Record<SecretKind, string>> = {
  api_key: 'BANK_API_KEY or BANK_<NAME>_API_KEY',
  webhook_secret: 'BANK_WEBHOOK_SECRET or BANK_<NAME>_WEBHOOK_SECRET',
};

export function isSecretName(kind: SecretKind, name: string): boolean {
  return SECRET_NAMES[kind].test(name);
}

/** Whether a variable holds a secret that an account may name, or the next of a webhook secret. */
export function isAccountSecret(variable: string): boolean {
  return (
    isSecretName('api_key', variable) ||
    isSecretName('webhook_secret', variable.replace(/_NEXT$/, ''))
  );
}

/** The variable that names the only host which the key in `name` may be sent to. */
export function hostVariableOf(name: string): string {
  return `${name}_HOST`;
}

/** Whether a variable is one of {@link hostVariableOf}. */
export function isHostVariable(variable: string): boolean {
  return variable.endsWith('_HOST') && isSecretName('api_key', variable.slice(0, -'_HOST'.length));
}
