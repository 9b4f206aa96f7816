import { z } from 'zod';
import type { BankAccount } from '../../db/queries/bank-accounts.ts';
import { named } from '../schemas/named.ts';
import { accountKey, digits, instant, toInstant, toInstantOrNull } from '../schemas/wire.ts';

export const bankAccountSchema = named(
  'BankAccount',
  z.strictObject({
    key: accountKey,
    bankName: z.string(),
    currency: z.string(),
    timeZone: z.string(),
    state: z.enum(['read', 'paused', 'not_read']).meta({
      description: '`not_read`: its lines come by statement file or webhook only.',
    }),
    pausedAt: instant.nullable(),
    pausedBecause: z.string().nullable(),
    feed: z.string().nullable(),
    apiUrl: z.string().nullable(),
    bankAccountId: z.string().nullable(),
    apiKeyEnv: z
      .string()
      .nullable()
      .meta({ description: 'The variable that holds the key, never the key.' }),
    webhookSecretEnv: z.string().nullable(),
    mode: z.enum(['live', 'shadow']),
    amountLimitMinor: digits.nullable(),
    consentEndsOn: z.string().nullable(),
    lastCompleteDay: z
      .string()
      .nullable()
      .meta({ description: 'Last bank day that was read completely.' }),
    createdAt: instant,
  }),
  {
    description: 'A bank account that Purser reconciles.',
    example: {
      key: 'absa-main',
      bankName: 'Absa',
      currency: 'ZAR',
      timeZone: 'Africa/Johannesburg',
      state: 'read',
      pausedAt: null,
      pausedBecause: null,
      feed: 'json',
      apiUrl: 'https://gateway.example/transactions',
      bankAccountId: 'ACC-2',
      apiKeyEnv: 'BANK_ABSA_API_KEY',
      webhookSecretEnv: null,
      mode: 'live',
      amountLimitMinor: null,
      consentEndsOn: null,
      lastCompleteDay: '2026-11-19',
      createdAt: '2026-11-01T08:00:00.000Z',
    },
  },
);

export function toBankAccount(account: BankAccount): z.infer<typeof bankAccountSchema> {
  const { amountLimitMinor, createdAt, feed, pausedAt, pollEnabled } = account;
  return {
    key: account.key,
    bankName: account.bankName,
    currency: account.currency,
    timeZone: account.timeZone,
    state: pausedAt !== null ? 'paused' : pollEnabled && feed !== null ? 'read' : 'not_read',
    pausedAt: toInstantOrNull(pausedAt),
    pausedBecause: account.pausedBecause,
    feed,
    apiUrl: account.apiUrl,
    bankAccountId: account.bankAccountId,
    apiKeyEnv: account.apiKeyEnv,
    webhookSecretEnv: account.webhookSecretEnv,
    mode: account.mode,
    amountLimitMinor: amountLimitMinor === null ? null : amountLimitMinor.toString(),
    consentEndsOn: account.consentEndsOn,
    lastCompleteDay: account.lastCompleteDay,
    createdAt: toInstant(createdAt),
  };
}
