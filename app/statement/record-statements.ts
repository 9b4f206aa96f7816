import type { Database, Transaction } from '../../db/client.ts';
import { findAccountPolicies } from '../../db/queries/bank-accounts.ts';
import { setGate } from '../../db/queries/gates.ts';
import { findSharedDays, type SharedDay } from '../../db/queries/continuations.ts';
import { pinStatementAccount, recordStatement } from '../../db/queries/statements.ts';
import type { StatementState } from '../../db/schema/intake.ts';
import { CodedError } from '../../domain/errors.ts';
import { closingMoment } from '../../domain/line/statement.ts';
import { localDateIn, type LocalDate } from '../../domain/local-date.ts';
import { checkStatementAccount } from './check-account.ts';
import { proveContinuation } from './prove-continuation.ts';
import type { Survey, SurveyedStatement } from './survey-statement.ts';

/** The state in which a statement is recorded. */
export interface StatementPlan {
  readonly state: StatementState;
  /** Nothing proves its lines, and by the account's policy such lines wait for a person. */
  readonly holdsUnproved: boolean;
  /** The last day that counts whole in the proof of the day; null where the statement has no days. */
  readonly wholeUntil: LocalDate | null;
  /** Its days of which other files show the rest. */
  readonly sharedDays: readonly SharedDay[];
}

/**
 * Decides whether each statement of a file is captured or held, and records it with its proof and its place among the
 * account's statements, before any of its lines is captured.
 * @throws CodedError `account.not_found` · `statement.account_mismatch` · `statement.account_unconfirmed`
 */
export async function recordStatements(
  database: Database,
  file: {
    readonly accountKey: string;
    readonly fileId: string;
    readonly runId: string;
    readonly survey: Survey;
    readonly isReleased: boolean;
    /** The account number that a person gave with the file. */
    readonly numberGiven: string | null;
    readonly now: Date;
  },
): Promise<readonly StatementPlan[]> {
  return database.transaction(async (tx) => {
    const account = await findAccountPolicies(tx, file.accountKey);
    if (account === null)
      throw new CodedError('account.not_found', `Bank account not found: ${file.accountKey}.`);
    const isStrict = account.proofPolicy === 'hold' && !file.isReleased;
    const plans: StatementPlan[] = [];
    for (const [position, surveyed] of file.survey.statements.entries()) {
      await refuseForeign(tx, file, account.currency, surveyed);
      const { summary, provedBy } = await proveContinuation(tx, { ...file, position }, surveyed);
      const state = stateOf(surveyed, isStrict, file.isReleased);
      const days = [...surveyed.days.keys()].sort();
      const closing = closingMoment({
        completeDays: summary.completeDays,
        firstDay: days[0] ?? null,
        lastBookedDay: surveyed.lastBookedDay,
        today: localDateIn(file.now, account.timeZone),
      });
      await recordStatement(tx, {
        fileId: file.fileId,
        accountKey: file.accountKey,
        position,
        format: file.survey.format,
        statement: summary,
        provedBy,
        lineCount: surveyed.lineCount,
        bookedMinor: surveyed.bookedMinor,
        firstBookedDay: surveyed.firstBookedDay,
        lastBookedDay: surveyed.lastBookedDay,
        runId: file.runId,
        firstDay: summary.completeDays?.from ?? days[0] ?? null,
        lastDay: summary.completeDays?.to ?? days.at(-1) ?? null,
        closing,
        state,
      });
      if (state === 'held' && account.balancePolicy === 'close_gate') {
        await setGate(tx, {
          scope: file.accountKey,
          state: 'closed',
          cause: 'proof_failed',
          reason: 'The proof of a statement failed.',
          changedBy: null,
        });
      }
      plans.push({
        state,
        holdsUnproved: isStrict && summary.proof === 'absent',
        wholeUntil: closing?.wholeUntil ?? null,
        sharedDays: await findShared(tx, file, surveyed),
      });
    }
    return plans;
  });
}

async function findShared(
  tx: Transaction,
  { accountKey, fileId }: { readonly accountKey: string; readonly fileId: string },
  { firstBookedDay: firstDay, lastBookedDay: lastDay, summary }: SurveyedStatement,
): Promise<readonly SharedDay[]> {
  if (firstDay === null || lastDay === null) return [];
  const { closingMinor, openingMinor } = summary;
  return findSharedDays(tx, { accountKey, fileId, firstDay, lastDay, openingMinor, closingMinor });
}

function stateOf(
  { summary, neverPosts }: SurveyedStatement,
  isStrict: boolean,
  isReleased: boolean,
): StatementState {
  if (neverPosts) return 'copy';
  if (summary.proof !== 'failed') return 'captured';
  if (isStrict) return 'held';
  return isReleased ? 'released' : 'captured';
}

async function refuseForeign(
  tx: Transaction,
  file: { readonly accountKey: string; readonly numberGiven: string | null },
  currency: string,
  { summary }: SurveyedStatement,
): Promise<void> {
  const { accountKey, numberGiven: given } = file;
  if (summary.currency !== currency)
    throw new CodedError(
      'statement.account_mismatch',
      `The file is in ${summary.currency}, and ${accountKey} is in ${currency}: name the right account with --account.`,
    );
  const number = await checkStatementAccount(tx, { accountKey, found: summary.account, given });
  if (number !== null) await pinStatementAccount(tx, accountKey, number);
}
