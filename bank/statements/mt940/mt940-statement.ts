import { addDays, type LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money/money.ts';
import { signedMinor } from '../../../domain/line/sighting.ts';
import type { StatementWarning } from '../../../domain/line/statement.ts';
import { holdsControls, withoutControls } from '../control-characters.ts';
import { statementFault, unreadable } from '../statement-fault.ts';
import { createFingerprint } from '../fingerprint.ts';
import type { StatementEvent } from '../statement-reader.ts';
import { createTally, daysBetweenBalances, judgeProof } from '../statement-tally.ts';
import { warn } from '../warnings.ts';
import { readMt940Entry } from './mt940-entry.ts';
import { createMt940Totals } from './mt940-totals.ts';
import {
  createDayReader,
  readCurrencyCode,
  readMt940Balance,
  whereOf,
  type Mt940Balance,
  type Mt940Place,
} from './mt940-values.ts';

/** One field as written: `61` with the lines below it. */
export interface Mt940Field extends Mt940Place {
  readonly lines: readonly string[];
}

/** One statement, built field by field; it may span several messages, its pages. */
export interface Mt940Statement {
  readonly kind: 'mt940' | 'mt942' | null;
  /** `open`: lines may follow; `page`: closed by an interim balance, so another page must follow. */
  readonly state: 'open' | 'page' | 'closed';
  /** Takes a field and returns the resulting events. */
  take(field: Mt940Field): readonly StatementEvent[];
  /** True if the first fields of the next message belong to a page of this statement. */
  continuesWith(account: string, number: string): boolean;
  /** Ends the statement; `sealed` if the message had an end mark. */
  finish(sealed: boolean): {
    readonly events: readonly StatementEvent[];
    readonly fingerprint: string;
  };
}

const NOTHING: readonly StatementEvent[] = [];
const TEXT_LINES_MAX = 400;

export function createMt940Statement(place: string): Mt940Statement {
  const tally = createTally();
  const fingerprint = createFingerprint();
  const days = createDayReader();
  let [account, number] = ['', ''];
  let kind: Mt940Statement['kind'] = null;
  let state: Mt940Statement['state'] = 'open';
  let currency: Currency | null = null;
  let opening: Mt940Balance | null = null;
  let closing: Mt940Balance | null = null;
  let pagesMeet = true;
  /** The first page is in this file: an interim opening balance means that earlier pages exist. */
  let isFromStart = true;
  const totals = createMt940Totals(tally);
  let entry: { field: Mt940Field; information: string[]; nonSwift: string[] } | null = null;

  /** The first amount without a decimal mark, and the sum of all of them. */
  let unmarked: { readonly field: Mt940Field; netMinor: bigint } | null = null;

  const flush = (): readonly StatementEvent[] => {
    if (entry === null) return NOTHING;
    const { field, information, nonSwift } = entry;
    entry = null;
    if (currency === null)
      throw unreadable(whereOf(field), 'nothing before it states the currency');
    const { line, warnings, isUnmarked } = readMt940Entry({
      lines: field.lines,
      information,
      nonSwift,
      currency,
      days,
      position: `${place}, entry ${tally.lines + 1}`,
      at: field,
    });
    tally.add(line);
    totals.add(line);
    if (isUnmarked && line.amountMinor !== 0n) {
      if (line.status !== 'booked') throw unproved(field);
      unmarked ??= { field, netMinor: 0n };
      unmarked.netMinor += signedMinor(line);
    }
    fingerprint.addLine(line);
    const event: StatementEvent = { kind: 'line', line };
    return warnings.length === 0
      ? [event]
      : [...warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })), event];
  };

  const takeBalance = (field: Mt940Field): void => {
    const where = whereOf(field);
    const balance = readMt940Balance(textOf(field), currency, field);
    currency ??= balance.currency;
    if (balance.currency !== currency)
      throw unreadable(where, "its currency differs from the statement's");
    if (field.tag.startsWith('60')) {
      if (opening === null) [opening, isFromStart] = [balance, field.tag === '60F'];
      else if (state !== 'page') throw unreadable(where, 'the statement has two opening balances');
      else pagesMeet &&= closing?.minor === balance.minor;
      [kind, state] = ['mt940', 'open'];
    } else {
      if (opening === null)
        throw unreadable(where, 'it closes a statement that has no opening balance');
      if (state !== 'open') throw unreadable(where, 'the statement has two closing balances');
      closing = balance;
      state = field.tag === '62F' ? 'closed' : 'page';
    }
  };

  const takeTotal = (field: Mt940Field): void => {
    const code = totals.read(textOf(field), field);
    currency ??= code;
    if (code !== currency)
      throw unreadable(whereOf(field), "its currency differs from the statement's");
    kind ??= 'mt942';
    if (kind === 'mt942' && field.tag === '90C') state = 'closed';
  };

  const takeHead = (field: Mt940Field): void => {
    const text = (field.lines[0] ?? '').trim();
    switch (field.tag) {
      case '25':
      case '25P':
        if (holdsControls(text)) throw unreadable(whereOf(field), 'it holds control characters');
        if (account !== '' && text !== account)
          throw unreadable(whereOf(field), 'it names a second account for the statement');
        account = text;
        break;
      case '28':
      case '28C':
        number = number === '' ? withoutControls(text) : number;
        break;
      case '34F': {
        const code = readCurrencyCode(text.slice(0, 3), field);
        currency ??= code;
        kind ??= 'mt942';
        break;
      }
      case '13D':
        kind ??= 'mt942';
        break;
    }
  };

  const takeText = (field: Mt940Field): void => {
    // After the closing balance, and before the first entry, it describes the statement.
    if (entry === null || state !== 'open') return;
    const lines = field.tag === '86' ? entry.information : entry.nonSwift;
    lines.push(...field.lines);
    if (lines.length > TEXT_LINES_MAX)
      throw unreadable(whereOf(field), `an entry has more than ${TEXT_LINES_MAX} lines of text`);
  };

  /** The day of an interim balance may have entries on a later page. */
  const completeDays = (isOpenEnd: boolean) => {
    if (opening === null || closing === null || !isFromStart) return null;
    const next = (day: LocalDate) => addDays(day, 1);
    const days = daysBetweenBalances(opening.day, closing.day, tally.days, next);
    if (days === null || !isOpenEnd) return days;
    const to = addDays(days.to, -1);
    return days.from <= to ? { from: days.from, to } : null;
  };

  return {
    get kind() {
      return kind;
    },
    get state() {
      return state;
    },
    take(field) {
      if (field.tag === '86' || field.tag === 'NS') {
        takeText(field);
        return NOTHING;
      }
      const events = flush();
      if (field.tag === '61') {
        if (state !== 'open') throw unreadable(whereOf(field), 'it follows the closing balance');
        entry = { field, information: [], nonSwift: [] };
      } else if (/^6[02]/.test(field.tag)) takeBalance(field);
      else if (/^90/.test(field.tag)) takeTotal(field);
      else takeHead(field);
      return events;
    },
    continuesWith: (nextAccount, nextNumber) =>
      state === 'page' && nextAccount === account && sheetOf(nextNumber) === sheetOf(number),
    finish(sealed) {
      const events = flush();
      // The reader lets a page end a statement only if a person accepts that.
      const isOpenEnd = kind === 'mt940' && state === 'page';
      const isWhole = kind === 'mt940' ? state !== 'open' : totals.endsReport(sealed);
      if (kind === null || !isWhole)
        throw statementFault('statement.incomplete', place, 'it ends before its closing field');
      if (account === '') throw unreadable(place, 'it names no account');
      if (currency === null) throw unreadable(place, 'its currency is not stated');
      const warnings: StatementWarning[] = [];
      const agree = pagesMeet && totals.agree();
      if (!agree) warnings.push(warn('totals_differ', place));
      if (isOpenEnd) warnings.push(warn('end_open', place));
      if (opening?.minor === null || closing?.minor === null)
        warnings.push(warn('balance_placeholder', place));
      const [openingMinor, closingMinor] = [opening?.minor ?? null, closing?.minor ?? null];
      const proof = judgeProof(openingMinor, closingMinor, tally.bookedMinor, agree);
      // Amounts that cancel each other would fit the balances in any unit.
      if (unmarked !== null && (proof.proof !== 'ok' || unmarked.netMinor === 0n))
        throw unproved(unmarked.field);
      return {
        fingerprint:
          kind === 'mt940' && tally.lines > 0
            ? fingerprint.digest([account, number, openingMinor, closingMinor])
            : '',
        events: [
          ...events,
          ...warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })),
          {
            kind: 'statement',
            statement: {
              account,
              currency,
              statementId: number === '' ? null : number,
              openingMinor,
              closingMinor,
              ...proof,
              completeDays: completeDays(isOpenEnd),
            },
          },
        ],
      };
    },
  };
}

/**
 * Text of a balance or total. Lines below it are ignored: they are the bank's own, or of a field outside the format. But an
 * amount that continues there must not be read as a shorter one.
 */
function textOf(field: Mt940Field): string {
  const [first = '', ...below] = field.lines;
  if (!/[,.][0-9]{2,}\s*$/.test(first) && below.some((line) => /^\s*[0-9,.]/.test(line)))
    throw unreadable(whereOf(field), 'it continues on another line');
  return first;
}

function unproved(field: Mt940Field) {
  return unreadable(
    whereOf(field),
    'the amount has no decimal mark, and no balance proves that it means whole units',
  );
}

/** Statement number without the page: `17001/2` is a sheet of `17001`. */
function sheetOf(number: string): string {
  return number.split('/')[0] ?? '';
}
