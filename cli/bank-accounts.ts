import { toBankAccount } from '../api/outputs/bank-account.ts';
import type { Environment } from './environment.ts';
import type { BankAccount } from '../db/queries/bank-accounts.ts';

/** A bank account in lines, for people. */
export function printAccount(account: BankAccount, names: readonly string[] = []): string {
  const wire = toBankAccount(account);
  const others = names.filter((name) => name !== account.key);
  const state =
    wire.state === 'paused'
      ? `PAUSED since ${String(wire.pausedAt)}: ${String(wire.pausedBecause)}`
      : wire.state === 'read'
        ? 'is read'
        : 'is not read (no feed, or BANK_API_ENABLED is off)';
  return [
    `${account.key}${others.length === 0 ? '' : `   also: ${others.join(', ')}`}   ${account.bankName}   ${account.currency}   ${state}`,
    ...(account.feed === null ? [] : [`  ${account.feed} ${account.apiUrl ?? ''}`]),
  ].join('\n');
}

/** What an operator must still do, as far as this process's environment shows it. */
export function secretWarnings(account: BankAccount, env: Environment): readonly string[] {
  const missing = (name: string | null) => name !== null && (env[name] ?? '') === '';
  return [
    ...(account.feed !== null && missing(account.apiKeyEnv)
      ? [`${String(account.apiKeyEnv)} is not set here: set it for every worker, and restart them.`]
      : []),
    ...(missing(account.webhookSecretEnv)
      ? [
          `${String(account.webhookSecretEnv)} is not set here: set it for every API process, and restart them.`,
        ]
      : []),
  ];
}
