import { z } from 'zod';
import type { StatementFileRow, StatementRow } from '../../../db/queries/statements-read.ts';
import { named } from '../../schemas/named.ts';
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

const FILE_EXAMPLE = {
  id: 'stf_019ab3c4d5e67f8091a2b3c4d5e6f708',
  account: 'fnb-main',
  state: 'captured',
  format: 'camt.053',
  sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
  bytes: '18231',
  receivedAt: '2026-11-21T06:00:00.000Z',
  linesRead: 12,
  linesNew: 1,
  runId: 'run_019ab3c4d5e67f8091a2b3c4d5e6f708',
  error: null,
  release: null,
} as const;

export const statementFileSchema = named(
  'StatementFile',
  z.strictObject({
    id: statementFileId,
    account: accountKey,
    state: z.enum(['received', 'reading', 'held', 'captured', 'refused']).meta({
      description:
        '`held`: the proof of a statement failed; Purser captures nothing of it until a person releases the file.',
    }),
    format: maybeText,
    sha256: z.string(),
    bytes: digits,
    receivedAt: instant,
    linesRead: count.meta({ description: 'Grows while the file is captured.' }),
    linesNew: count,
    runId: runId.nullable(),
    error: z.strictObject({ code: z.string(), where: maybeText }).nullable(),
    release: z.strictObject({ by: z.string(), reason: z.string(), at: instant }).nullable(),
  }),
  { description: 'A statement file, and how far its import is.', example: FILE_EXAMPLE },
);

const STATEMENT_EXAMPLE = {
  position: 0,
  account: '62001234567',
  statementId: '2026-11-20',
  openingMinor: '1222500',
  closingMinor: '1250000',
  proof: 'ok',
  differenceMinor: '0',
  provedBy: 'itself',
  days: { from: '2026-11-20', to: '2026-11-20' },
  continuity: 'follows',
  continuityDifferenceMinor: '0',
  state: 'captured',
  lineCount: 12,
  linesNew: 1,
} as const;

const statementSchema = named(
  'Statement',
  z.strictObject({
    position: count,
    account: maybeText,
    statementId: maybeText,
    openingMinor: digits.nullable(),
    closingMinor: digits.nullable(),
    proof: z.enum(['ok', 'failed', 'absent']),
    differenceMinor: digits.nullable(),
    provedBy: z.enum(['itself', 'statement', 'ledger']).nullable().meta({
      description:
        '`itself`: by its own balances; `statement`, `ledger`: its opening balance is exactly the closing balance of a statement before it, or the ledger’s.',
    }),
    days: z.strictObject({ from: day, to: day }).nullable(),
    continuity: z
      .enum(['first', 'follows', 'gap', 'overlap', 'repeat', 'unknown'])
      .nullable()
      .meta({ description: 'How it continues the previous statements of the account.' }),
    continuityDifferenceMinor: digits.nullable(),
    state: z.enum(['captured', 'held', 'released', 'copy']),
    lineCount: count,
    linesNew: count,
  }),
  {
    description: 'One statement of a file, and whether its balances agree with its lines.',
    example: STATEMENT_EXAMPLE,
  },
);

export const statementFileDetailSchema = named(
  'StatementFileDetail',
  statementFileSchema.extend({
    statements: z.array(statementSchema),
  }),
  {
    description: 'A statement file with its statements.',
    example: { ...FILE_EXAMPLE, statements: [STATEMENT_EXAMPLE] },
  },
);

export function toStatementFile(row: StatementFileRow): z.infer<typeof statementFileSchema> {
  return {
    id: row.id,
    account: row.bankAccountKey,
    state: row.state,
    format: row.format,
    sha256: row.sha256,
    bytes: row.bytes.toString(),
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
      provedBy: row.provedBy,
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
