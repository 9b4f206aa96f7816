import { z } from 'zod';
import type { ShownApiKey } from '../../db/queries/api-keys.ts';
import { named } from '../schemas/named.ts';
import { apiKeyId, instant, toInstant, toInstantOrNull } from '../schemas/wire.ts';

export const API_KEY_EXAMPLE = {
  id: 'key_019ab3c4d5e67f8091a2b3c4d5e6f708',
  name: 'shop',
  ownerKind: 'service',
  person: null,
  caller: 'shop',
  scopes: ['wallet:create', 'wallet:read'],
  boundAccounts: null,
  ownWallets: true,
  rotatedFrom: null,
  createdAt: '2026-11-20T10:31:00.000Z',
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: '2026-11-20T11:02:00.000Z',
} as const;

export const apiKeySchema = named(
  'ApiKey',
  z.strictObject({
    id: apiKeyId,
    name: z.string(),
    ownerKind: z.enum(['service', 'person']),
    person: z.string().nullable().meta({ description: 'The person who holds it.' }),
    caller: z.string().meta({ description: 'Who calls with it, over all keys of that caller.' }),
    scopes: z.array(z.string()),
    boundAccounts: z
      .array(z.string())
      .nullable()
      .meta({ description: 'The bank accounts that it is bound to; null for all.' }),
    ownWallets: z
      .boolean()
      .meta({ description: 'Whether it reaches only wallets that its caller created.' }),
    rotatedFrom: z.string().nullable().meta({ description: 'The key that it replaced.' }),
    createdAt: instant,
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'To the minute; null if it never was.' }),
  }),
  { description: 'An API key, without its secret.', example: API_KEY_EXAMPLE },
);

export function toApiKey(key: ShownApiKey): z.infer<typeof apiKeySchema> {
  return {
    id: key.id,
    name: key.name,
    ownerKind: key.ownerKind,
    person: key.person,
    caller: key.caller,
    scopes: [...key.scopes],
    boundAccounts: key.boundAccounts === null ? null : [...key.boundAccounts],
    ownWallets: key.ownWallets,
    rotatedFrom: key.rotatedFrom,
    createdAt: toInstant(key.createdAt),
    expiresAt: toInstantOrNull(key.expiresAt),
    revokedAt: toInstantOrNull(key.revokedAt),
    lastUsedAt: toInstantOrNull(key.lastUsedAt),
  };
}
