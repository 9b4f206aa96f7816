import { z } from 'zod';
import type { Gate } from '../../db/queries/gates.ts';
import { ALL_ACCOUNTS } from '../../db/queries/gates.ts';
import { named } from '../schemas/named.ts';
import { accountKey, instant, toInstant } from '../schemas/wire.ts';

/** `all` means every account. */
export const gateScope = z.union([z.literal('all'), accountKey]).meta({
  description: 'A bank account’s key, or `all`.',
});

export const gateCause = z.enum(['operator', 'proof_failed', 'balance_differs']);

export const GATE_EXAMPLE = {
  scope: 'fnb-main',
  state: 'closed',
  cause: 'operator',
  reason: 'The bank announced a replay.',
  changedBy: 'key_019ab3c4d5e67f8091a2b3c4d5e6f708',
  changedPerson: 'thandi',
  changedAt: '2026-11-20T10:31:00.000Z',
} as const;

export const gateSchema = named(
  'Gate',
  z.strictObject({
    scope: gateScope,
    state: z.enum(['open', 'closed']),
    cause: gateCause,
    reason: z.string(),
    changedBy: z
      .string()
      .nullable()
      .meta({ description: 'The key that changed it; null if a rule did.' }),
    changedPerson: z.string().nullable().meta({ description: 'The person who holds that key.' }),
    changedAt: instant,
  }),
  {
    description: 'Closed, it stops crediting for a bank account, or for all.',
    example: GATE_EXAMPLE,
  },
);

export function toGate(gate: Gate): z.infer<typeof gateSchema> {
  return {
    scope: fromScope(gate.scope),
    state: gate.state,
    cause: gate.cause,
    reason: gate.reason,
    changedBy: gate.changedBy,
    changedPerson: gate.changedPerson,
    changedAt: toInstant(gate.changedAt),
  };
}

export function toScope(scope: z.infer<typeof gateScope>): string {
  return scope === 'all' ? ALL_ACCOUNTS : scope;
}

export function fromScope(scope: string): string {
  return scope === ALL_ACCOUNTS ? 'all' : scope;
}
