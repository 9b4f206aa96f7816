import { z } from 'zod';
import type { AuditEvent } from '../../db/queries/audit-read.ts';
import { digits, instant, toInstant } from '../schemas/wire.ts';

const maybeText = z.string().nullable();
const image = z
  .record(z.string(), z.unknown())
  .nullable()
  .meta({ description: 'Ids, states, codes and amounts; never a reference or a name.' });

export const auditEventSchema = z.strictObject({
  id: digits,
  at: instant,
  who: z.strictObject({
    kind: z.enum(['person', 'service', 'workflow', 'system']).meta({
      description: '`workflow` is Purser at work; `system` an operator at the machine.',
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
    .meta({ description: 'Its place in the chain of hashes; null until the next run or sweep.' }),
});

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
