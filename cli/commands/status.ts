import type { Command } from 'commander';
import { refreshAlerts } from '../../db/queries/alerts/alerts.ts';
import { ALL_ACCOUNTS, isBehindGate } from '../../db/queries/gates.ts';
import type { DayProof } from '../../db/queries/day-proofs.ts';
import { readStatus, type Status } from '../../db/queries/status.ts';
import type { DoubtKind } from '../../domain/line/balance-settles.ts';
import { printRand } from '../../domain/money/money-text.ts';
import { ZAR } from '../../domain/money/money.ts';
import { ALERT_WORDS, verdictOf, type Verdict } from '../../domain/words/alert-words.ts';
import { waitInWords } from '../../domain/words/waiting-words.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { PURSER } from '../invocation.ts';
import { runToJson, type RunRow } from '../report-run.ts';
import { createTerminal, toJson } from '../terminal.ts';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description(
      'show what needs a person, wallets, deposits, bank accounts, runs, reviews, cases and waiting rows; exit 0, 1 or 2',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: true }) => {
      const { config } = runningContext();
      const status = await withDatabase(config, async ({ db }) => {
        await refreshAlerts(db);
        return readStatus(db);
      });
      const verdict = verdictOf(status.alerts.map(({ kind }) => kind));
      process.exitCode = EXIT_CODES[verdict];
      createTerminal().print(
        options.json
          ? toJson({ verdict, ...status, lastRuns: status.lastRuns.map(runToJson) })
          : printStatus(status),
      );
    });
}

/** What monitoring reads: nothing to do, something to do today, or now. */
const EXIT_CODES = { ok: 0, warning: 1, critical: 2 } as const satisfies Record<Verdict, number>;

/** The verdict, and each alert with the section of the runbook that says what to do. */
function printAlerts(alerts: Status['alerts']): readonly string[] {
  const verdict = verdictOf(alerts.map(({ kind }) => kind));
  if (alerts.length === 0) return ['Status: ok'];
  return [
    `Status: ${verdict.toUpperCase()} (docs/runbook.md)`,
    ...alerts.map(({ code, count, example, firstSeenAt, kind, subject }) => {
      const { section, sentence, severity } = ALERT_WORDS[kind];
      const about = [code, count === 1 ? null : `${count} of them`, example].filter(
        (each) => each !== null,
      );
      return `  ${severity.padEnd(8)} ${subject}: ${sentence} [${about.join(', ')}] since ${firstSeenAt.toISOString()}. Runbook: ${section}`;
    }),
  ];
}

function printStatus(status: Status): string {
  const { wallets } = status;
  const proofs = new Map(status.proofs.map((last) => [last.accountKey, last]));
  const dayProofs = new Map(status.dayProofs.map((proof) => [proof.bankAccountKey, proof]));
  const lines = [
    ...printAlerts(status.alerts),
    `Wallets:  ${wallets.count}   ${wallets.credits.toString()} credits   ${printRand(wallets.prepaidMinor)} prepaid   ${printRand(wallets.remainderMinor)} carried`,
    'Deposits:',
    ...status.deposits.map(
      (total) =>
        `  ${total.state.padEnd(10)} ${total.count.toString().padStart(7)}   ${printRand(total.amountMinor)}${total.currency === ZAR ? '' : ` (${total.currency})`}`,
    ),
    'Bank accounts in the ledger:',
    ...status.accounts.map(
      (account) =>
        `  ${account.accountKey.padEnd(12)} bank ${printRand(account.bankMinor)}   in suspense ${printRand(account.suspenseMinor)}   last statement: ${printProof(proofs.get(account.accountKey))}   last day: ${printDayProof(dayProofs.get(account.accountKey))}${isBehindGate(status.closedGates, account.accountKey) ? '   GATE CLOSED' : ''}`,
    ),
    ...status.pausedAccounts.map(
      ({ accountKey, because, pausedAt }) =>
        `  ${accountKey} is not read: paused since ${pausedAt.toISOString()}: ${because}`,
    ),
    ...status.closedGates.map(
      ({ scope, cause, reason, changedAt }) =>
        `  Gate for ${scope === ALL_ACCOUNTS ? 'all accounts' : scope} closed since ${changedAt.toISOString()} (${cause}): ${reason}`,
    ),
    'Last runs:',
    ...status.lastRuns.map(
      (run) =>
        `  ${run.bankAccountKey.padEnd(12)} ${run.startedAt.toISOString()}   ${run.outcome ?? 'running'}   ${run.creditedCount} credited, ${run.reviewCount} to review${run.rowsWaiting === 0 ? '' : `, ${run.rowsWaiting} rows wait`}${printRunFaults(run)}`,
    ),
  ];
  if (status.heldStatementFiles > 0)
    lines.push(
      `Quarantined statement files, until you release them: ${status.heldStatementFiles} (GET /v1/statements)`,
    );
  if (status.reviewsByReason.length > 0)
    lines.push(
      `Open reviews by reason (${PURSER} reviews):`,
      ...status.reviewsByReason.map(
        ({ reason, count, escalated, amountMinor, currency }) =>
          `  ${reason.padEnd(18)} ${count.toString().padStart(6)}   ${printRand(amountMinor)}${currency === ZAR ? '' : ` (${currency})`}${escalated === 0 ? '' : `   ${escalated} escalated`}`,
      ),
    );
  if (status.openCases.length > 0)
    lines.push(
      `Open cases (${PURSER} cases): ${status.openCases.map(({ kind, count }) => `${count} ${kind}`).join(', ')}`,
    );
  lines.push(
    ...status.evidenceWaits.map(
      ({ count, oldestDay, waitsFor }) =>
        `Rows that may be known lines (GET /v1/held-rows), waiting for ${waitInWords(waitsFor)}: ${count}, oldest of ${oldestDay}`,
    ),
    ...status.heldDebits.map(
      ({ accountKey, count, oldestDay }) =>
        `Debits of ${accountKey} that are held until a read tells whether they are another line: ${count}, oldest of ${oldestDay}`,
    ),
    ...status.unknownFields.map(
      ({ accountKey, name, firstSeenAt }) =>
        `Field that Purser does not read: ${name} of ${accountKey}, since ${firstSeenAt.toISOString().slice(0, 10)}`,
    ),
    ...status.openProposals.map(
      ({ state, count, oldestAt }) =>
        `Proposals waiting for ${state === 'proposed' ? 'a second person' : 'bank details'}: ${count}, oldest since ${oldestAt.toISOString()}`,
    ),
  );
  const review = status.oldestOpenReview;
  lines.push(
    review === null
      ? 'No review is open.'
      : `Oldest open review: ${review.depositId} since ${review.openedAt.toISOString()}, due ${review.dueAt.toISOString()}`,
  );
  return lines.join('\n');
}

/** What a run could not read, what it failed for, and what it did without. */
function printRunFaults(run: RunRow): string {
  const { errorCode, errorDetail, rowsQuarantined: rows, warnings } = run;
  const unreadable = rows === 0 ? [] : [`, ${rows} unreadable ${rows === 1 ? 'row' : 'rows'}`];
  const error = errorCode === null ? [] : [`   ${errorCode}: ${errorDetail ?? 'docs/errors.md'}`];
  return [...unreadable, ...error, ...warnings.map((warning) => `\n    ${warning}`)].join('');
}

/** The proof of the last statement, its difference, and a hint if an earlier statement is missing. */
function printProof(last: Status['proofs'][number] | undefined): string {
  if (last === undefined) return 'none imported';
  const off =
    last.differenceMinor === null || last.differenceMinor === 0n
      ? ''
      : ` by ${printRand(last.differenceMinor)}`;
  return `${last.proof}${off}${last.continuity === 'gap' ? ', an earlier statement is missing' : ''}`;
}

const MOMENTS: Readonly<Record<DayProof['moment'], string>> = {
  end_of_day: 'end of',
  last_line: 'last line of',
  now: 'now,',
};

const IN_DOUBT: Readonly<Record<DoubtKind, string>> = {
  line: 'a line that is held',
  row: 'a row that waits',
  gone: 'a line that the bank shows no longer',
};

/** The last comparison of ledger and bank: their difference, and what was compared. */
function printDayProof(look: Status['dayProofs'][number] | undefined): string {
  if (look === undefined) return 'none';
  const { bankMinor, day, differenceMinor, fileId, ledgerMinor, moment, openingMinor, openingOn } =
    look;
  const candidates = look.candidates.map(
    ({ amountMinor, bookingDate, depositId, id, kind }) =>
      `\n    may be ${printRand(amountMinor)} of ${bookingDate}, ${IN_DOUBT[kind]}${depositId === null ? '' : ` (${depositId})`}${kind === 'row' ? ` (row ${id})` : ''}`,
  );
  const found = differenceMinor === 0n ? 'ok' : `differs by ${printRand(differenceMinor)}`;
  const lines = printRand(ledgerMinor - openingMinor);
  return `${found} (${MOMENTS[moment]} ${day}: bank ${printRand(bankMinor)} by ${fileId ?? 'its API'}; ledger ${printRand(openingMinor)} before ${openingOn} and ${lines} of lines)${candidates.join('')}`;
}
