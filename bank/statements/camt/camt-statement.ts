import type { LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money/money.ts';
import type { StatementFormat } from '../../../domain/line/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { createPrint } from '../fingerprint.ts';
import type { StatementEvent, StatementSummary } from '../statement-reader.ts';
import { judgeProof } from '../statement-tally.ts';
import { warn } from '../warnings.ts';
import { onlyChild, textAt, type XmlElement } from '../xml-element.ts';
import { anyBalanceCurrency, chooseBalances, interimsMeet, readBalances } from './camt-balance.ts';
import { findCompleteDays } from './camt-days.ts';
import { readEntry, type CamtEntry } from './camt-entry.ts';
import { accountOf, createPage, isLastPage, refuseStrayPage, type CamtPage } from './camt-pages.ts';
import { addEntryTo, joinTotals, totalsAgree } from './camt-totals.ts';
import { readCurrency, readMoment } from './camt-values.ts';

/** One statement while its children pass by; of its entries only sums are kept. It may run over several pages. */
export interface CamtStatement {
  /** Any child but an entry. */
  addHead(element: XmlElement): void;
  addEntry(entry: CamtEntry): readonly StatementEvent[];
  /** Null where another page must follow. */
  endPage(): ClosedStatement | null;
}

/** What the file says of all its statements. */
export interface CamtMessage {
  readonly format: StatementFormat;
  readonly groupHeader: XmlElement | null;
}

interface ClosedStatement {
  readonly events: readonly StatementEvent[];
  /** Tells this statement from every other; empty where it has no entries. */
  readonly print: string;
}

/** These say what the entries mean: behind the first of them they would come too late to be heeded. */
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
 * Makes a statement of its parts and holds its balances and totals against its entries. Balances or totals that do not
 * agree are a witness and not a fault of reading: the proof fails, and import posts nothing of the statement.
 */
export function createCamtStatement(
  { format, groupHeader }: CamtMessage,
  position: string,
): CamtStatement {
  const pages: CamtPage[] = [];
  const days = new Set<LocalDate>();
  const print = createPrint();
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
    if (stated === null) return;
    const place = `${position}, Acct, Ccy`;
    currency ??= readCurrency(stated, place);
    if (stated !== currency) throw unreadable(place, 'it is not the currency of the page before');
  };
  const standIn = () =>
    (createdDay ??= readCreationDay(page.head, position) ?? readCreationDay(groupHeader, 'GrpHdr'));

  return {
    addHead(element) {
      if (hasBegun && BEFORE_ENTRIES.has(element.name))
        throw unreadable(`${position}, ${element.name}`, 'it stands behind the entries');
      children.push(element);
    },
    addEntry(entry) {
      begin();
      const { line, isDated, warnings } = readEntry(entry, standIn);
      currency ??= line.currency;
      if (line.currency !== currency)
        throw unreadable(`${line.position}, Amt`, 'it has another currency than the account');
      // Most entries are of the day of the entry before them.
      if (isDated && line.bookingDate !== lastDay) days.add((lastDay = line.bookingDate));
      hasEntries = true;
      addEntryTo(page.totals, line);
      print.addLine(line);
      const told: StatementEvent = { kind: 'line', line };
      return warnings.length === 0
        ? [told]
        : [...warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })), told];
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
        print: hasEntries ? print.digest([account, statementId, openingMinor, closingMinor]) : '',
        events: [
          ...warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })),
          { kind: 'statement', statement },
        ],
      };
    },
  };
}

/** @param pages all of them, one in most files; @param known what the entries and accounts have told. */
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
  if (currency === null) throw unreadable(position, 'nothing tells its currency');
  if (listed.flat().some((balance) => balance.currency !== currency))
    throw unreadable(`${position}, Bal`, 'a balance has another currency than the account');
  const [first] = pages;
  const account = first === undefined ? null : accountOf(first, position);
  if (account === null) throw unreadable(`${position}, Acct`, 'it names no account');
  const balances = chooseBalances(listed[0] ?? [], listed.at(-1) ?? [], position);
  const whole = joinTotals(pages.map(({ totals }) => totals));
  const agree =
    interimsMeet(listed) &&
    // A page may state the totals of its own entries or of the whole.
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
    ...judgeProof(openingMinor, closingMinor, bookedMinor, agree),
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
    ],
  };
}

function readCreationDay(head: XmlElement | null, position: string): LocalDate | null {
  const created = textAt(head, ['CreDtTm'], position);
  return created === null ? null : readMoment(created, `${position}, CreDtTm`).day;
}
