import { z } from 'zod';
import type { Alert } from '../../db/queries/alerts/alerts.ts';
import { ALERT_KINDS, ALERT_WORDS } from '../../domain/words/alert-words.ts';
import { named } from '../schemas/named.ts';
import { accountKey, digits, instant, toInstant } from '../schemas/wire.ts';

const alertKind = z.enum(ALERT_KINDS as [(typeof ALERT_KINDS)[number]]);

export const alertSchema = named(
  'Alert',
  z.strictObject({
    id: digits,
    kind: alertKind,
    severity: z.enum(['warning', 'critical']),
    sentence: z.string(),
    runbook: z
      .string()
      .meta({ description: 'The section of docs/runbook.md that says what to do.' }),
    subject: z.string().meta({ description: 'An account, `*` for all of them, or `service`.' }),
    account: accountKey.nullable(),
    code: z.string().nullable().meta({ description: 'The error code behind it, if any.' }),
    example: z.string().nullable().meta({
      description: 'One thing that it is about: a run, a deposit, a file, a decision, a day.',
    }),
    count: z.int().min(1).meta({ description: 'How many things it was about when last seen.' }),
    firstSeenAt: instant,
    lastSeenAt: instant,
    clearedAt: instant.nullable().meta({ description: 'Null while it stands.' }),
  }),
  {
    description: 'What a person must know.',
    example: {
      id: '7',
      kind: 'run_failed',
      severity: 'critical',
      sentence: 'A read of the account failed for a reason that waiting does not end.',
      runbook: 'The bank refuses us',
      subject: 'fnb-main',
      account: 'fnb-main',
      code: 'bank.unauthorized',
      example: 'run_019ab3c4d5e67f8091a2b3c4d5e6f708',
      count: 1,
      firstSeenAt: '2026-11-20T08:15:01.000Z',
      lastSeenAt: '2026-11-20T08:20:01.000Z',
      clearedAt: null,
    },
  },
);

export function toAlert(alert: Alert): z.infer<typeof alertSchema> {
  const { accountKey: account, code, count, example, kind, subject } = alert;
  const { section: runbook, sentence, severity } = ALERT_WORDS[kind];
  return {
    id: alert.id.toString(),
    ...{ kind, severity, sentence, runbook, subject, account, code, example, count },
    firstSeenAt: toInstant(alert.firstSeenAt),
    lastSeenAt: toInstant(alert.lastSeenAt),
    clearedAt: alert.clearedAt && toInstant(alert.clearedAt),
  };
}
