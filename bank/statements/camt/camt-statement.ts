import type { LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money.ts';
import { signedMinor } from '../../../domain/sighting.ts';
import type {
  Statement,
  StatementFormat,
  StatementLine,
  StatementWarning,
} from '../../../domain/statement.ts';
import { statementFault, unreadable } from '../statement-fault.ts';
import { warn } from '../warnings.ts';
import { childrenOf, descend, onlyChild, textAt, type XmlElement } from '../xml-element.ts';
import { chooseBalances, readBalance, type CamtBalance } from './camt-balance.ts';
import { findCompleteDays } from './camt-days.ts';
import type { CamtEntry } from './camt-entry.ts';
import { totalsAgree } from './camt-totals.ts';
import { readCurrency, readFlag, readMoment } from './camt-values.ts';

/** One `Stmt`, `Rpt` or `Ntfctn` as it was read: its entries, and its other children under one element. */
interface CamtParts {
  readonly head: XmlElement;
  readonly entries: readonly CamtEntry[];
  /** `statement 2` */
  readonly position: string;
}

export interface AssembledStatement {
  readonly statement: Statement;
  readonly warnings: readonly StatementWarning[];
}

/**
 * Makes a statement of its parts and holds its balances and totals against its entries. Balances or totals that do not
 * agree are a witness and not a fault of reading: the proof fails, and import posts nothing of the statement.
 */
export function assembleStatement(format: StatementFormat, parts: CamtParts): AssembledStatement {
  const { head, entries, position } = parts;
  for (const name of ['StmtPgntn', 'RptPgntn', 'NtfctnPgntn'])
    refuseOtherPages(head, name, position);
  const listed = childrenOf(head, 'Bal')
    .map((each) => readBalance(each, position))
    .filter((each) => each !== null);
  const currency = findCurrency(head, entries, listed, position);
  const balances = chooseBalances(listed, position);
  const warnings = [...balances.warnings];
  const lines = entries.map((entry) => {
    warnings.push(...entry.warnings);
    if (entry.bookingDate === null) warnings.push(warn('booking_date_absent', entry.line.position));
    return asLine(entry, head, position);
  });
  if (onlyChild(head, 'CpyDplctInd', position) !== null) {
    warnings.push(warn('statement_copy', position));
  }

  const agrees = totalsAgree(onlyChild(head, 'TxsSummry', position), lines, currency, position);
  if (!agrees) warnings.push(warn('totals_differ', position));
  const openingMinor = balances.opening?.minor ?? null;
  const closingMinor = balances.closing?.minor ?? null;
  const differenceMinor =
    openingMinor === null || closingMinor === null
      ? null
      : openingMinor + sumBooked(lines) - closingMinor;
  const isComplete = format === 'camt.053' && onlyChild(head, 'CpyDplctInd', position) === null;
  const datedDays = entries.map((entry) => entry.bookingDate).filter((day) => day !== null);
  return {
    warnings,
    statement: {
      account: readAccount(head, position),
      currency,
      statementId: textAt(head, ['Id'], position),
      openingMinor,
      closingMinor,
      proof: judge(differenceMinor, agrees),
      differenceMinor,
      completeDays: isComplete
        ? findCompleteDays(onlyChild(head, 'FrToDt', position), balances, datedDays, position)
        : null,
      lines,
    },
  };
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

function judge(differenceMinor: bigint | null, totalsHold: boolean): Statement['proof'] {
  if (!totalsHold) return 'failed';
  if (differenceMinor === null) return 'absent';
  return differenceMinor === 0n ? 'ok' : 'failed';
}

function sumBooked(lines: readonly StatementLine[]): bigint {
  return lines
    .filter((line) => line.status === 'booked')
    .reduce((sum, line) => sum + signedMinor(line), 0n);
}

/** Where an entry has no booking date, its value date or the day of the statement stands in, under a warning. */
function asLine(
  { line, bookingDate }: CamtEntry,
  head: XmlElement,
  position: string,
): StatementLine {
  return {
    ...line,
    bookingDate: bookingDate ?? line.valueDate ?? readCreationDay(head, line.position, position),
  };
}

function readCreationDay(head: XmlElement, entryPosition: string, position: string): LocalDate {
  const created = textAt(head, ['CreDtTm'], position);
  if (created === null)
    throw unreadable(`${entryPosition}, BookgDt`, 'it is missing, and so is any other date');
  return readMoment(created, `${position}, CreDtTm`).day;
}

/** The account's currency, and with it that of every amount: an entry in another one would be summed wrongly. */
function findCurrency(
  head: XmlElement,
  entries: readonly CamtEntry[],
  balances: readonly CamtBalance[],
  position: string,
): Currency {
  const stated = textAt(head, ['Acct', 'Ccy'], position);
  const currency =
    (stated === null ? null : readCurrency(stated, `${position}, Acct, Ccy`)) ??
    balances[0]?.currency ??
    entries[0]?.line.currency;
  if (currency === undefined) throw unreadable(position, 'nothing tells its currency');
  if (balances.some((balance) => balance.currency !== currency)) {
    throw unreadable(`${position}, Bal`, 'a balance has another currency than the account');
  }
  const foreign = entries.find((entry) => entry.line.currency !== currency);
  if (foreign !== undefined) {
    throw unreadable(`${foreign.line.position}, Amt`, 'it has another currency than the account');
  }
  return currency;
}

function readAccount(head: XmlElement, position: string): string {
  const id = descend(head, ['Acct', 'Id'], position);
  const account = textAt(id, ['IBAN'], position) ?? textAt(id, ['Othr', 'Id'], position);
  if (account === null) throw unreadable(`${position}, Acct`, 'it names no account');
  return account;
}
