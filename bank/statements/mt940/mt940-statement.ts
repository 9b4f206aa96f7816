import { createHash } from 'node:crypto';
import { addDays } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money.ts';
import type { StatementLine, StatementWarning } from '../../../domain/statement.ts';
import { statementFault, unreadable } from '../statement-fault.ts';
import type { StatementEvent } from '../statement-reader.ts';
import { createTally, daysBetweenBalances, judgeProof } from '../statement-tally.ts';
import { warn } from '../warnings.ts';
import { readMt940Entry } from './mt940-entry.ts';
import {
  createDayReader,
  readAmount,
  readCurrencyCode,
  readMt940Balance,
  whereOf,
  type Mt940Balance,
  type Mt940Place,
} from './mt940-values.ts';

/** One field as it stands in the file: `61` with the lines under it. */
export interface Mt940Field extends Mt940Place {
  readonly lines: readonly string[];
}

interface Total {
  readonly count: number;
  readonly minor: bigint;
}

/** One statement while its fields pass by; it may run over several messages, its pages. */
export interface Mt940Statement {
  readonly kind: 'mt940' | 'mt942' | null;
  /** `open`: lines may follow; `page`: closed by an interim balance, so that another page must follow. */
  readonly state: 'open' | 'page' | 'closed';
  /** Takes a field and answers what it made certain. */
  take(field: Mt940Field): readonly StatementEvent[];
  /** Whether the first fields of the next message belong to a page of this statement. */
  continuesWith(account: string, number: string): boolean;
  /** Ends the statement; `sealed` where the message had its own end mark. */
  finish(sealed: boolean): { readonly events: readonly StatementEvent[]; readonly print: string };
}

const NOTHING: readonly StatementEvent[] = [];

export function createMt940Statement(place: string): Mt940Statement {
  const tally = createTally();
  const print = createPrint();
  const days = createDayReader();
  let [account, number] = ['', ''];
  let kind: Mt940Statement['kind'] = null;
  let state: Mt940Statement['state'] = 'open';
  let currency: Currency | null = null;
  let opening: Mt940Balance | null = null;
  let closing: Mt940Balance | null = null;
  let pagesMeet = true;
  const totals = new Map<'credit' | 'debit', Total>();
  let entry: { field: Mt940Field; information: readonly string[] } | null = null;

  const flush = (): readonly StatementEvent[] => {
    if (entry === null) return NOTHING;
    const { field, information } = entry;
    entry = null;
    if (currency === null) throw unreadable(whereOf(field), 'nothing before it tells the currency');
    const { line, warnings } = readMt940Entry({
      lines: field.lines,
      information,
      currency,
      days,
      position: `${place}, entry ${tally.lines + 1}`,
      at: field,
    });
    tally.add(line);
    print.add(printOf(line));
    const told: StatementEvent = { kind: 'line', line };
    return warnings.length === 0
      ? [told]
      : [...warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })), told];
  };

  const takeBalance = (field: Mt940Field): void => {
    const where = whereOf(field);
    const balance = readMt940Balance(field.lines.join(''), field);
    currency ??= balance.currency;
    if (balance.currency !== currency)
      throw unreadable(where, 'it has another currency than the statement');
    if (field.tag.startsWith('60')) {
      if (opening === null) opening = balance;
      else if (state !== 'page') throw unreadable(where, 'the statement has two opening balances');
      else pagesMeet &&= closing?.minor === balance.minor;
      [kind, state] = ['mt940', 'open'];
    } else {
      if (opening === null) throw unreadable(where, 'it closes a statement that was not opened');
      if (state !== 'open') throw unreadable(where, 'the statement has two closing balances');
      closing = balance;
      state = field.tag === '62F' ? 'closed' : 'page';
    }
  };

  const takeTotal = (field: Mt940Field): void => {
    const where = whereOf(field);
    const match = /^([0-9]{1,5})([A-Z]{3})(\S+)$/.exec(field.lines.join('').trim());
    if (match === null) throw unreadable(where, 'it is not count, currency and sum');
    const code = readCurrencyCode(match[2] ?? '', field);
    currency ??= code;
    if (code !== currency) throw unreadable(where, 'it has another currency than the statement');
    kind ??= 'mt942';
    totals.set(field.tag === '90C' ? 'credit' : 'debit', {
      count: Number(match[1]),
      minor: readAmount(match[3] ?? '', code, field),
    });
  };

  const takeHead = (field: Mt940Field): void => {
    const text = field.lines.join('').trim();
    switch (field.tag) {
      case '25':
      case '25P':
        account = text;
        break;
      case '28':
      case '28C':
        number = number === '' ? text : number;
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

  return {
    get kind() {
      return kind;
    },
    get state() {
      return state;
    },
    take(field) {
      if (field.tag === '86') {
        // Behind the closing balance it is about the statement, and so it is before the first entry.
        if (entry !== null && state === 'open') entry.information = field.lines;
        return flush();
      }
      const events = flush();
      if (field.tag === '61') {
        if (state !== 'open') throw unreadable(whereOf(field), 'it follows the closing balance');
        entry = { field, information: [] };
      } else if (/^6[02]/.test(field.tag)) takeBalance(field);
      else if (/^90/.test(field.tag)) takeTotal(field);
      else takeHead(field);
      return events;
    },
    continuesWith: (nextAccount, nextNumber) =>
      state === 'page' && nextAccount === account && sheetOf(nextNumber) === sheetOf(number),
    finish(sealed) {
      const events = flush();
      const isWhole =
        kind === 'mt940' ? state === 'closed' : isReportWhole(totals, tally.count.credit, sealed);
      if (kind === null || !isWhole)
        throw statementFault('statement.incomplete', place, 'it ends before its closing field');
      if (account === '') throw unreadable(place, 'it names no account');
      if (currency === null) throw unreadable(place, 'nothing tells its currency');
      const warnings: StatementWarning[] = [];
      const agree =
        pagesMeet &&
        [...totals].every(
          ([side, total]) =>
            total.count === tally.count[side] && total.minor === tally.sumMinor[side],
        );
      if (!agree) warnings.push(warn('totals_differ', place));
      if (opening?.minor === null || closing?.minor === null)
        warnings.push(warn('balance_placeholder', place));
      const [openingMinor, closingMinor] = [opening?.minor ?? null, closing?.minor ?? null];
      print.add(JSON.stringify([account, number, String(openingMinor), String(closingMinor)]));
      return {
        print: kind === 'mt940' && tally.lines > 0 ? print.digest() : '',
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
              ...judgeProof(openingMinor, closingMinor, tally.bookedMinor, agree),
              completeDays:
                opening === null || closing === null
                  ? null
                  : daysBetweenBalances(opening.day, closing.day, tally.days, (day) =>
                      addDays(day, 1),
                    ),
            },
          },
        ],
      };
    },
  };
}

/** A report's last field tells the credits; a message's end mark does where a bank leaves the totals out. */
function isReportWhole(
  totals: ReadonlyMap<'credit' | 'debit', Total>,
  credits: number,
  sealed: boolean,
): boolean {
  if (totals.has('credit')) return true;
  return totals.has('debit') ? credits === 0 || sealed : sealed;
}

/** Number without the page: `17001/2` is a sheet of `17001`. */
function sheetOf(number: string): string {
  return number.split('/')[0] ?? '';
}

function printOf({ bankId, bookingDate, amountMinor, direction, references }: StatementLine) {
  return `${bankId ?? ''}\n${bookingDate}\n${amountMinor.toString()}\n${direction}\n${references.join('\n')}\n\n`;
}

const PRINT_CHARS = 32_768;

/** What a statement says, as a hash, taken in pieces that are worth the call. */
function createPrint() {
  const hash = createHash('sha256');
  let waiting = '';
  return {
    add(text: string): void {
      waiting += text;
      if (waiting.length < PRINT_CHARS) return;
      hash.update(waiting);
      waiting = '';
    },
    digest: () => hash.update(waiting).digest('hex'),
  };
}
