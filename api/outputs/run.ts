import { z } from 'zod';
import type { Run } from '../../db/queries/runs-read.ts';
import { ZAR } from '../../domain/money/money.ts';
import {
  accountKey,
  day,
  digits,
  instant,
  money,
  runId,
  toInstant,
  toInstantOrNull,
  toMoney,
} from '../schemas/wire.ts';

const count = z.int().min(0);

export const runSchema = z.strictObject({
  id: runId,
  account: accountKey,
  kind: z.enum(['poll', 'import']),
  outcome: z
    .enum(['completed', 'waiting', 'failed'])
    .nullable()
    .meta({ description: 'Null while it runs; `waiting`: some deposits had not settled in time.' }),
  errorCode: z.string().nullable(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  window: z.strictObject({ from: day, to: day }).nullable(),
  linesSeen: count,
  linesNew: count,
  linesHeld: count,
  depositsNew: count,
  reconciled: z.strictObject({ deposits: count, amount: money, credits: digits }),
  unmatched: z.strictObject({ deposits: count, amount: money }),
});

export function toRun(row: Run): z.infer<typeof runSchema> {
  return {
    id: row.id,
    account: row.bankAccountKey,
    kind: row.kind,
    outcome: row.outcome,
    errorCode: row.errorCode,
    startedAt: toInstant(row.startedAt),
    finishedAt: toInstantOrNull(row.finishedAt),
    window:
      row.windowFrom === null || row.windowTo === null
        ? null
        : { from: row.windowFrom, to: row.windowTo },
    linesSeen: row.linesSeen,
    linesNew: row.linesNew,
    linesHeld: row.held,
    depositsNew: row.depositsNew,
    reconciled: {
      deposits: row.creditedCount,
      amount: toMoney(row.creditedMinor, ZAR),
      credits: row.credits.toString(),
    },
    unmatched: { deposits: row.reviewCount, amount: toMoney(row.reviewMinor, ZAR) },
  };
}
