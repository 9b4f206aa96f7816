import { z } from 'zod';
import type { Gate } from '../../db/queries/gates.ts';
import { ALL_ACCOUNTS } from '../../db/queries/gates.ts';
import { accountKey, instant, toInstant } from '../schemas/wire.ts';

/** `all` stands for every account. */
export const gateScope = z.union([z.literal('all'), accountKey]).meta({
  description: 'A bank account’s key, or `all`.',
});

export const gateCause = z.enum(['operator', 'proof_failed', 'balance_differs']);

export const gateSchema = z.strictObject({
  scope: gateScope,
  state: z.enum(['open', 'closed']),
  cause: gateCause,
  reason: z.string(),
  changedBy: z
    .string()
    .nullable()
    .meta({ description: 'The key of whoever did it; null: a rule.' }),
  changedPerson: z.string().nullable().meta({ description: 'Who holds that key.' }),
  changedAt: instant,
});

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
