import { z } from 'zod';
import type { Run } from '../../db/queries/runs-read.ts';
import { ZAR } from '../../domain/money/money.ts';
import { named } from '../schemas/named.ts';
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

export const RUN_EXAMPLE = {
  id: 'run_019ab3c4d5e67f8091a2b3c4d5e6f708',
  account: 'fnb-main',
  kind: 'poll',
  outcome: 'completed',
  errorCode: null,
  errorDetail: null,
  startedAt: '2026-11-20T08:15:00.000Z',
  finishedAt: '2026-11-20T08:15:03.000Z',
  window: { from: '2026-11-16', to: '2026-11-20' },
  linesSeen: 12,
  linesNew: 2,
  linesHeld: 0,
  rowsWaiting: 0,
  rowsUnreadable: 0,
  warnings: [],
  depositsNew: 2,
  reconciled: { deposits: 1, amount: { minor: '27500', currency: 'ZAR' }, credits: '5' },
  unmatched: { deposits: 1, amount: { minor: '9900', currency: 'ZAR' } },
} as const;

export const runSchema = named(
  'Run',
  z.strictObject({
    id: runId,
    account: accountKey,
    kind: z.enum(['poll', 'import']),
    outcome: z.enum(['completed', 'waiting', 'failed']).nullable().meta({
      description: 'Null while it runs; `waiting`: it ended before some deposits had an outcome.',
    }),
    errorCode: z.string().nullable(),
    errorDetail: z.string().nullable().meta({
      description: 'What was wrong: page, row and field where the bank’s answer was.',
    }),
    startedAt: instant,
    finishedAt: instant.nullable(),
    window: z.strictObject({ from: day, to: day }).nullable(),
    linesSeen: count,
    linesNew: count,
    linesHeld: count,
    rowsWaiting: count.meta({
      description: 'Rows that may be known lines and wait for a later read (`GET /v1/held-rows`).',
    }),
    rowsUnreadable: count.meta({
      description: 'Rows that could not be read and wait as cases (`GET /v1/cases`).',
    }),
    warnings: z.array(z.string()).meta({
      description: 'What the run did without, such as pending rows or a balance.',
    }),
    depositsNew: count,
    reconciled: z.strictObject({ deposits: count, amount: money, credits: digits }),
    unmatched: z.strictObject({ deposits: count, amount: money }),
  }),
  { description: 'One read of a bank account, or one import.', example: RUN_EXAMPLE },
);

export function toRun(row: Run): z.infer<typeof runSchema> {
  return {
    id: row.id,
    account: row.bankAccountKey,
    kind: row.kind,
    outcome: row.outcome,
    errorCode: row.errorCode,
    errorDetail: row.errorDetail,
    startedAt: toInstant(row.startedAt),
    finishedAt: toInstantOrNull(row.finishedAt),
    window:
      row.windowFrom === null || row.windowTo === null
        ? null
        : { from: row.windowFrom, to: row.windowTo },
    linesSeen: row.linesSeen,
    linesNew: row.linesNew,
    linesHeld: row.held,
    rowsWaiting: row.rowsWaiting,
    rowsUnreadable: row.rowsQuarantined,
    warnings: row.warnings,
    depositsNew: row.depositsNew,
    reconciled: {
      deposits: row.creditedCount,
      amount: toMoney(row.creditedMinor, ZAR),
      credits: row.credits.toString(),
    },
    unmatched: { deposits: row.reviewCount, amount: toMoney(row.reviewMinor, ZAR) },
  };
}
