import type { LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money/money.ts';
import type { StatementFormat } from '../../../domain/line/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { createFingerprint } from '../fingerprint.ts';
import type { StatementEvent, StatementSummary } from '../statement-reader.ts';
import { judgeProof } from '../statement-tally.ts';
import { warn } from '../warnings.ts';
import { onlyChild, textAt, type XmlElement } from '../xml-element.ts';
import { anyBalanceCurrency, chooseBalances, interimsMeet, readBalances } from './camt-balance.ts';
import { findCompleteDays } from './camt-days.ts';
import { readEntry, type CamtEntry } from './camt-entry.ts';
import { accountOf, createPage, isLastPage, refuseStrayPage, type CamtPage } from './camt-pages.ts';
import { addEntryTo, addForeignTo, hasSignedSum, joinTotals, totalsAgree } from './camt-totals.ts';
import { readCurrency, readMoment } from './camt-values.ts';

/** One statement, built child by child; only sums of its entries are kept. It may have several pages. */
export interface CamtStatement {
  /** Any child but an entry. */
  addHead(element: XmlElement): void;
  addEntry(entry: CamtEntry): readonly StatementEvent[];
  /** Null if another page must follow. */
  endPage(): ClosedStatement | null;
}

/** File-level facts about all statements. */
export interface CamtMessage {
  readonly format: StatementFormat;
  readonly groupHeader: XmlElement | null;
}

interface ClosedStatement {
  readonly events: readonly StatementEvent[];
  /** Distinguishes this statement from every other; empty for one without entries. */
  readonly fingerprint: string;
}

/** These decide what the entries mean: after the first entry they would come too late. */
const BEFORE_ENTRIES = new Set([
  'Acct',
  'CpyDplctInd',
  'CreDtTm',
  'FrToDt',
  'Id',
  'NtfctnPgntn',
  'RptPgntn',
  'StmtPgntn',
]);

/**
 * Builds a statement from its parts and compares its balances and totals with its entries. A disagreement is not a read
 * error: the proof fails, and import posts nothing of the statement.
 */
export function createCamtStatement(
  { format, groupHeader }: CamtMessage,
  position: string,
): CamtStatement {
  const pages: CamtPage[] = [];
  const days = new Set<LocalDate>();
  const fingerprint = createFingerprint();
  let children: XmlElement[] = [];
  let page = createPage(children, position);
  let hasBegun = false;
  let hasEntries = false;
  let currency: Currency | null = null;
  let lastDay: LocalDate | null = null;
  let createdDay: LocalDate | null = null;

  const begin = () => {
    if (hasBegun) return;
    hasBegun = true;
    refuseStrayPage(page, pages, position);
    const stated = textAt(page.head, ['Acct', 'Ccy'], position);
    // Where the account states none, its balances do, before any entry.
    if (stated === null) currency ??= anyBalanceCurrency([page.head], position);
    if (stated === null) return;
    const place = `${position}, Acct, Ccy`;
    currency ??= readCurrency(stated, place);
    if (stated !== currency)
      throw unreadable(place, 'it differs from the currency of the previous page');
  };
  const standIn = () =>
    (createdDay ??= readCreationDay(page.head, position) ?? readCreationDay(groupHeader, 'GrpHdr'));

  return {
    addHead(element) {
      if (hasBegun && BEFORE_ENTRIES.has(element.name))
        throw unreadable(`${position}, ${element.name}`, 'it follows the entries');
      children.push(element);
    },
    addEntry(entry) {
      begin();
      const { line, isDated, warnings } = readEntry(entry, standIn);
      currency ??= line.currency;
      const isForeign = line.currency !== currency;
      // Most entries have the same day as the previous one.
      if (isDated && line.bookingDate !== lastDay) days.add((lastDay = line.bookingDate));
      hasEntries = true;
      if (isForeign) addForeignTo(page.totals, line);
      else addEntryTo(page.totals, line);
      fingerprint.addLine(line);
      const found = isForeign ? [...warnings, warn('entry_foreign', line.position)] : warnings;
      const event: StatementEvent = { kind: 'line', line };
      return found.length === 0
        ? [event]
        : [...found.map((warning): StatementEvent => ({ kind: 'warning', warning })), event];
    },
    endPage() {
      begin();
      pages.push(page);
      if (!isLastPage(page, position)) {
        children = [];
        page = createPage(children, position);
        hasBegun = false;
        return null;
      }
      const { statement, warnings } = summarise(pages, { format, position, currency, days });
      const { account, statementId, openingMinor, closingMinor } = statement;
      return {
        fingerprint: hasEntries
          ? fingerprint.digest([account, statementId, openingMinor, closingMinor])
          : '',
        events: [
          ...warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })),
          { kind: 'statement', statement },
        ],
      };
    },
  };
}

/** @param pages all pages, one in most files; @param known facts from the entries and accounts */
function summarise(
  pages: readonly CamtPage[],
  known: {
    readonly format: StatementFormat;
    readonly position: string;
    readonly currency: Currency | null;
    readonly days: ReadonlySet<LocalDate>;
  },
) {
  const { position } = known;
  const heads = pages.map(({ head }) => head);
  const listed = heads.map((head) => readBalances(head, position));
  const currency =
    known.currency ?? listed.flat()[0]?.currency ?? anyBalanceCurrency(heads, position);
  if (currency === null) throw unreadable(position, 'its currency is not stated');
  if (listed.flat().some((balance) => balance.currency !== currency))
    throw unreadable(`${position}, Bal`, 'a balance differs in currency from the account');
  const [first] = pages;
  const account = first === undefined ? null : accountOf(first, position);
  if (account === null) throw unreadable(`${position}, Acct`, 'it names no account');
  const balances = chooseBalances(listed[0] ?? [], listed.at(-1) ?? [], position);
  const whole = joinTotals(pages.map(({ totals }) => totals));
  const agree =
    interimsMeet(listed) &&
    // A page may state totals of its own entries or of the whole statement.
    pages.every(({ head, totals }) => {
      const summary = onlyChild(head, 'TxsSummry', position);
      return [totals, whole].some((each) => totalsAgree(summary, each, currency, position));
    });
  const isCopy = heads.some((head) => onlyChild(head, 'CpyDplctInd', position) !== null);
  const openingMinor = balances.opening?.minor ?? null;
  const closingMinor = balances.closing?.minor ?? null;
  const bookedMinor = whole.booked.credit.sum - whole.booked.debit.sum;
  const statement: StatementSummary = {
    account,
    currency,
    statementId: textAt(first?.head ?? null, ['Id'], position),
    openingMinor,
    closingMinor,
    ...judgeProof(openingMinor, closingMinor, bookedMinor, agree, whole.foreign),
    completeDays:
      known.format === 'camt.053' && !isCopy
        ? findCompleteDays(heads, balances, known.days, position)
        : null,
  };
  return {
    statement,
    warnings: [
      ...balances.warnings,
      ...(isCopy ? [warn('statement_copy', position)] : []),
      ...(agree ? [] : [warn('totals_differ', position)]),
      ...(heads.some((head) => hasSignedSum(onlyChild(head, 'TxsSummry', position), position))
        ? [warn('totals_signed', position)]
        : []),
    ],
  };
}

function readCreationDay(head: XmlElement | null, position: string): LocalDate | null {
  const created = textAt(head, ['CreDtTm'], position);
  return created === null ? null : readMoment(created, `${position}, CreDtTm`).day;
}
