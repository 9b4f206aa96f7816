import { z } from 'zod';
import type { AuditEvent } from '../../db/queries/audit-read.ts';
import { named } from '../schemas/named.ts';
import { digits, instant, toInstant } from '../schemas/wire.ts';

const maybeText = z.string().nullable();
const image = z
  .record(z.string(), z.unknown())
  .nullable()
  .meta({ description: 'Ids, states, codes and amounts; never references or names.' });

export const auditEventSchema = named(
  'AuditEvent',
  z.strictObject({
    id: digits,
    at: instant,
    who: z.strictObject({
      kind: z.enum(['person', 'service', 'workflow', 'system']).meta({
        description: '`workflow` is Purser itself; `system` is an operator on the machine.',
      }),
      keyId: maybeText,
      person: maybeText,
      login: z.string().meta({ description: 'The database login, for changes by hand.' }),
    }),
    action: z.string().meta({ examples: ['deposit.changed'] }),
    subject: z.strictObject({ kind: z.string(), id: z.string() }),
    before: image,
    after: image,
    why: maybeText,
    seal: z
      .strictObject({ seq: digits, hash: z.string() })
      .nullable()
      .meta({ description: 'Its place in the hash chain; null until the next run or sweep.' }),
  }),
  {
    description: 'One change: who made it, to what, when and why.',
    example: {
      id: '1204',
      at: '2026-11-20T10:31:00.000Z',
      who: {
        kind: 'person',
        keyId: 'key_019ab3c4d5e67f8091a2b3c4d5e6f708',
        person: 'thandi',
        login: 'purser_app',
      },
      action: 'gate.changed',
      subject: { kind: 'gate', id: 'fnb-main' },
      before: { state: 'open' },
      after: { state: 'closed' },
      why: 'The bank announced a replay.',
      seal: null,
    },
  },
);

export function toAuditEvent(row: AuditEvent): z.infer<typeof auditEventSchema> {
  return {
    id: row.id,
    at: toInstant(row.happened_at),
    who: {
      kind: row.actor_kind,
      keyId: row.actor_key,
      person: row.actor_person,
      login: row.login,
    },
    action: row.action,
    subject: { kind: row.subject_kind, id: row.subject_id },
    before: row.before,
    after: row.after,
    why: row.why,
    seal: row.seq === null || row.hash === null ? null : { seq: row.seq, hash: row.hash },
  };
}
