import { createHash } from 'node:crypto';
import type { LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money.ts';
import type { StatementFormat, StatementLine } from '../../../domain/statement.ts';
import { statementFault, unreadable } from '../statement-fault.ts';
import type { StatementEvent } from '../statement-reader.ts';
import { createTally, judgeProof } from '../statement-tally.ts';
import { warn } from '../warnings.ts';
import { childrenOf, descend, onlyChild, textAt, type XmlElement } from '../xml-element.ts';
import { chooseBalances, readBalance } from './camt-balance.ts';
import { findCompleteDays } from './camt-days.ts';
import type { CamtEntry } from './camt-entry.ts';
import { createEntryTotals, totalsAgree } from './camt-totals.ts';
import { readCurrency, readFlag, readMoment } from './camt-values.ts';

/** One `Stmt`, `Rpt` or `Ntfctn` while its children pass by; of its entries only sums are kept. */
export interface CamtStatement {
  /** Any child but an entry. */
  addHead(element: XmlElement): void;
  addEntry(entry: CamtEntry): readonly StatementEvent[];
  /** `print` tells this statement from every other; empty where it has no entries. */
  close(): { readonly events: readonly StatementEvent[]; readonly print: string };
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
export function createCamtStatement(format: StatementFormat, position: string): CamtStatement {
  const children: XmlElement[] = [];
  const head: XmlElement = { name: position, attributes: new Map(), children, text: '' };
  const tally = createTally();
  const totals = createEntryTotals();
  const datedDays = new Set<LocalDate>();
  const print = createHash('sha256');
  let opened: {
    readonly currency: Currency | null;
    readonly createdDay: () => LocalDate | null;
  } | null = null;
  let entryCurrency: Currency | null = null;

  const open = () => {
    if (opened !== null) return opened;
    for (const name of ['StmtPgntn', 'RptPgntn', 'NtfctnPgntn'])
      refuseOtherPages(head, name, position);
    const stated = textAt(head, ['Acct', 'Ccy'], position);
    let createdDay: LocalDate | null | undefined;
    opened = {
      currency: stated === null ? null : readCurrency(stated, `${position}, Acct, Ccy`),
      createdDay: () => (createdDay ??= readCreationDay(head, position)),
    };
    return opened;
  };
  const isCopy = () => onlyChild(head, 'CpyDplctInd', position) !== null;

  return {
    addHead(element) {
      if (opened !== null && BEFORE_ENTRIES.has(element.name))
        throw unreadable(`${position}, ${element.name}`, 'it stands behind the entries');
      children.push(element);
    },
    addEntry(entry) {
      const { currency, createdDay } = open();
      entryCurrency ??= currency ?? entry.line.currency;
      if (entry.line.currency !== entryCurrency)
        throw unreadable(`${entry.line.position}, Amt`, 'it has another currency than the account');
      const bookingDate = entry.bookingDate ?? entry.line.valueDate ?? createdDay();
      if (bookingDate === null)
        throw unreadable(
          `${entry.line.position}, BookgDt`,
          'it is missing, and so is any other date',
        );
      const line: StatementLine = { ...entry.line, bookingDate };
      if (entry.bookingDate !== null) datedDays.add(entry.bookingDate);
      tally.add(line);
      totals.add(line);
      print.update(printOf(line));
      const undated = entry.bookingDate === null;
      return [
        ...entry.warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })),
        ...(undated ? [warningEvent('booking_date_absent', line.position)] : []),
        { kind: 'line', line },
      ];
    },
    close() {
      const { currency: stated } = open();
      const listed = childrenOf(head, 'Bal')
        .map((each) => readBalance(each, position))
        .filter((each) => each !== null);
      const currency = stated ?? entryCurrency ?? listed[0]?.currency;
      if (currency === undefined) throw unreadable(position, 'nothing tells its currency');
      if (listed.some((balance) => balance.currency !== currency))
        throw unreadable(`${position}, Bal`, 'a balance has another currency than the account');
      const balances = chooseBalances(listed, position);
      const agree = totalsAgree(onlyChild(head, 'TxsSummry', position), totals, currency, position);
      const openingMinor = balances.opening?.minor ?? null;
      const closingMinor = balances.closing?.minor ?? null;
      const period = onlyChild(head, 'FrToDt', position);
      const statement = {
        account: readAccount(head, position),
        currency,
        statementId: textAt(head, ['Id'], position),
        openingMinor,
        closingMinor,
        ...judgeProof(openingMinor, closingMinor, tally.bookedMinor, agree),
        completeDays:
          format === 'camt.053' && !isCopy()
            ? findCompleteDays(period, balances, datedDays, position)
            : null,
      };
      print.update(
        JSON.stringify([
          statement.account,
          statement.statementId,
          String(openingMinor),
          String(closingMinor),
        ]),
      );
      return {
        print: datedDays.size + tally.lines === 0 ? '' : print.digest('hex'),
        events: [
          ...balances.warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })),
          ...(isCopy() ? [warningEvent('statement_copy', position)] : []),
          ...(agree ? [] : [warningEvent('totals_differ', position)]),
          { kind: 'statement', statement },
        ],
      };
    },
  };
}

function warningEvent(code: Parameters<typeof warn>[0], where: string): StatementEvent {
  return { kind: 'warning', warning: warn(code, where) };
}

/** Two statements of an account may share an id at careless banks, so that a print is of balances and entries too. */
function printOf(line: StatementLine): string {
  return JSON.stringify([
    line.bankId,
    line.bookingDate,
    line.amountMinor.toString(),
    line.direction,
    line.text,
  ]);
}

/** `PgNb` 1 with `LastPgInd` true is the whole; any other page waits for the rest, which one file cannot bring. */
export function refuseOtherPages(parent: XmlElement, name: string, where: string): void {
  const paging = onlyChild(parent, name, where);
  if (paging === null) return;
  const place = `${where}, ${name}`;
  const isFirst = /^0*1$/.test(textAt(paging, ['PgNb'], place) ?? '');
  if (!isFirst || !readFlag(paging, 'LastPgInd', place)) {
    throw statementFault('statement.incomplete', place, 'it is one page of several');
  }
}

function readCreationDay(head: XmlElement, position: string): LocalDate | null {
  const created = textAt(head, ['CreDtTm'], position);
  return created === null ? null : readMoment(created, `${position}, CreDtTm`).day;
}

function readAccount(head: XmlElement, position: string): string {
  const id = descend(head, ['Acct', 'Id'], position);
  const account = textAt(id, ['IBAN'], position) ?? textAt(id, ['Othr', 'Id'], position);
  if (account === null) throw unreadable(`${position}, Acct`, 'it names no account');
  return account;
}
