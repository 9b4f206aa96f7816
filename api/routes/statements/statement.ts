import { z } from 'zod';
import type { StatementFileRow, StatementRow } from '../../../db/queries/statements-read.ts';
import {
  accountKey,
  day,
  digits,
  instant,
  runId,
  statementFileId,
  toInstant,
  toInstantOrNull,
} from '../../schemas/wire.ts';

const count = z.int().min(0);
const maybeText = z.string().nullable();

export const statementFileSchema = z.strictObject({
  id: statementFileId,
  account: accountKey,
  state: z.enum(['received', 'reading', 'held', 'captured', 'refused']).meta({
    description:
      '`held`: the proof of a statement failed, and nothing of that statement is captured until a person releases the file.',
  }),
  format: maybeText,
  sha256: z.string(),
  bytes: digits.nullable(),
  receivedAt: instant,
  linesRead: count.meta({ description: 'Grows while the file is captured.' }),
  linesNew: count,
  runId: runId.nullable(),
  error: z.strictObject({ code: z.string(), where: maybeText }).nullable(),
  release: z.strictObject({ by: z.string(), reason: z.string(), at: instant }).nullable(),
});

export const statementFileDetailSchema = statementFileSchema.extend({
  statements: z.array(
    z.strictObject({
      position: count,
      account: maybeText,
      statementId: maybeText,
      openingMinor: digits.nullable(),
      closingMinor: digits.nullable(),
      proof: z.enum(['ok', 'failed', 'absent']),
      differenceMinor: digits.nullable(),
      days: z.strictObject({ from: day, to: day }).nullable(),
      continuity: z
        .enum(['first', 'follows', 'gap', 'overlap', 'repeat', 'unknown'])
        .nullable()
        .meta({ description: 'How it continues the statements of the account before it.' }),
      continuityDifferenceMinor: digits.nullable(),
      state: z.enum(['captured', 'held', 'released', 'copy']),
      lineCount: count,
      linesNew: count,
    }),
  ),
});

export function toStatementFile(row: StatementFileRow): z.infer<typeof statementFileSchema> {
  return {
    id: row.id,
    account: row.bankAccountKey,
    state: row.state,
    format: row.format,
    sha256: row.sha256,
    bytes: row.bytes?.toString() ?? null,
    receivedAt: toInstant(row.receivedAt),
    linesRead: row.linesRead,
    linesNew: row.linesNew,
    runId: row.runId,
    error: row.errorCode === null ? null : { code: row.errorCode, where: row.errorWhere },
    release:
      row.releasedBy === null || row.releasedAt === null
        ? null
        : {
            by: row.releasedBy,
            reason: row.releaseReason ?? '',
            at: toInstantOrNull(row.releasedAt) ?? '',
          },
  };
}

export function toStatementFileDetail(
  file: StatementFileRow,
  statements: readonly StatementRow[],
): z.infer<typeof statementFileDetailSchema> {
  return {
    ...toStatementFile(file),
    statements: statements.map((row) => ({
      position: row.position,
      account: row.account === '' ? null : row.account,
      statementId: row.statementId,
      openingMinor: row.openingMinor?.toString() ?? null,
      closingMinor: row.closingMinor?.toString() ?? null,
      proof: row.proof,
      differenceMinor: row.differenceMinor?.toString() ?? null,
      days:
        row.firstDay === null || row.lastDay === null
          ? null
          : { from: row.firstDay, to: row.lastDay },
      continuity: row.continuity,
      continuityDifferenceMinor: row.continuityDifferenceMinor?.toString() ?? null,
      state: row.state,
      lineCount: row.lineCount,
      linesNew: row.linesNew,
    })),
  };
}
