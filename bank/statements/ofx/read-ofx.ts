import { isCoded } from '../../../domain/errors.ts';
import { addDays, type LocalDate } from '../../../domain/local-date.ts';
import { parseCurrency, type Currency } from '../../../domain/money/money.ts';
import { holdsControls } from '../control-characters.ts';
import { unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent, StatementReader } from '../statement-reader.ts';
import { createTally } from '../statement-tally.ts';
import { readTextLines } from '../text-lines.ts';
import { warn } from '../warnings.ts';
import { createOfxElements, type OfxAggregate } from './ofx-elements.ts';
import { readOfxTransaction, type OfxInside } from './ofx-transaction.ts';
import { readOfxBalance, readOfxDay } from './ofx-values.ts';

const HEADER_CHARS_MAX = 4096;
const STATEMENTS = new Set(['STMTRS', 'CCSTMTRS']);
const NOTHING_INSIDE: OfxInside = { currency: null, payee: null, account: null };
const TRANSACTIONS = new Set(['STMTTRN', 'STMTTRNP']);

/**
 * Reads OFX and QFX, 1.x (SGML) and 2.x (XML): bank and credit card statements, several in a file. They state only the
 * closing balance, so a proof needs the account's other statements. FITIDs are evidence: banks repeat and re-use them.
 */
export const ofxReader: StatementReader = {
  name: 'ofx',
  recognises: (head) => /OFXHEADER|<OFX\s*>/i.test(head),
  async *read(chunks, limits): AsyncGenerator<readonly StatementEvent[]> {
    const statements = createStatements(limits);
    const elements = createOfxElements(statements);
    let header: string | null = '';
    yield [{ kind: 'file', format: 'ofx' }];
    for await (const { lines } of readTextLines(chunks, limits.fileBytesMax)) {
      let text = `${lines.join('\n')}\n`;
      if (header !== null) {
        header = withoutComments(header + text);
        const start = header.search(/<OFX\s*>/i);
        if ((start === -1 ? header.length : start) > HEADER_CHARS_MAX)
          throw unreadable('header', 'no OFX element follows it');
        if (start === -1) continue;
        if (/<!/.test(header.slice(0, start)))
          throw unreadable('header', 'it has a DOCTYPE, which statements never have');
        text = header.slice(start);
        header = null;
      }
      elements.write(text, false);
      yield statements.drain();
    }
    elements.write('', true);
    elements.end();
    statements.end();
    yield statements.drain();
  },
};

/** XML allows comments anywhere, and they may look like markup. */
function withoutComments(header: string): string {
  return header.replace(/<!--[\s\S]*?-->/g, '');
}

interface Open {
  readonly place: string;
  readonly tally: ReturnType<typeof createTally>;
  account: string | null;
  currency: Currency | null;
  closingMinor: bigint | null;
  lists: number;
  days: { readonly from: LocalDate; readonly to: LocalDate } | null;
}

function createStatements(limits: StatementLimits) {
  let events: StatementEvent[] = [];
  let open: Open | null = null;
  let inside: OfxInside = { ...NOTHING_INSIDE };
  let [statements, entries] = [0, 0];

  const takeTransaction = (current: Open, aggregate: OfxAggregate, currency: Currency): void => {
    entries += 1;
    const position = `${current.place}, entry ${current.tally.lines + 1}`;
    if (entries > limits.entriesMax)
      throw unreadable(position, `the file has more than ${limits.entriesMax} entries`);
    const { line, warnings } = readOfxTransaction(aggregate, inside, currency, position);
    inside = { ...NOTHING_INSIDE };
    if (line.currency === currency) current.tally.add(line);
    else {
      current.tally.addForeign(line);
      events.push({ kind: 'warning', warning: warn('entry_foreign', position) });
    }
    for (const warning of warnings) events.push({ kind: 'warning', warning });
    events.push({ kind: 'line', line });
  };

  const takeInside = (current: Open, { name, leaves }: OfxAggregate): void => {
    if (name === 'CURRENCY') {
      const symbol = leaves.get('CURSYM') ?? '';
      inside.currency = symbol === '' ? null : currencyOf(symbol, `${current.place}, CURSYM`);
    } else if (name === 'PAYEE') inside.payee = leaves.get('NAME') ?? null;
    else if (/ACCTTO$/.test(name)) inside.account = leaves.get('ACCTID') ?? null;
  };

  const takeAccount = (current: Open, { leaves, ambiguous }: OfxAggregate): void => {
    const account = leaves.get('ACCTID') ?? '';
    const where = `${current.place}, ACCTID`;
    if (holdsControls(account)) throw unreadable(where, 'it holds control characters');
    if (ambiguous.has('ACCTID') || (current.account ?? account) !== account)
      throw unreadable(where, 'the statement has two accounts');
    current.account = account === '' ? null : account;
  };

  const takeList = (current: Open, leaves: ReadonlyMap<string, string>): void => {
    const { days, isReadable } = completeDays(leaves, current.place);
    if (!isReadable)
      events.push({ kind: 'warning', warning: warn('period_unreadable', current.place) });
    const isSame = days?.from === current.days?.from && days?.to === current.days?.to;
    current.days = current.lists === 0 || isSame ? days : null;
    current.lists += 1;
  };

  const finish = (current: Open): void => {
    if (current.account === null)
      events.push({ kind: 'warning', warning: warn('account_absent', current.place) });
    if (current.currency === null) throw unreadable(current.place, 'its currency is not stated');
    events.push({
      kind: 'statement',
      statement: {
        account: current.account ?? '',
        currency: current.currency,
        statementId: null,
        openingMinor: null,
        closingMinor: current.closingMinor,
        proof: 'absent',
        differenceMinor: null,
        completeDays: current.days,
      },
    });
    open = null;
  };

  return {
    opened(name: string): void {
      if (/^INV/.test(name) && name === 'INVSTMTRS')
        events.push({ kind: 'warning', warning: warn('investments_left_out', 'file') });
      if (!STATEMENTS.has(name)) return;
      if (open !== null) throw unreadable(open.place, 'it contains another statement');
      statements += 1;
      open = {
        place: `statement ${statements}`,
        tally: createTally(),
        account: null,
        currency: null,
        closingMinor: null,
        lists: 0,
        days: null,
      };
    },
    closed(aggregate: OfxAggregate): void {
      const { name, leaves, path } = aggregate;
      if (name === 'STATUS' && leaves.get('SEVERITY')?.toUpperCase() === 'ERROR')
        throw unreadable(
          open?.place ?? 'file',
          'the bank reports that it could not create the statement',
        );
      if (open === null) return;
      if (STATEMENTS.has(name)) {
        open.currency ??= currencyOf(leaves.get('CURDEF') ?? '', `${open.place}, CURDEF`);
        finish(open);
      } else if (TRANSACTIONS.has(name)) {
        if (open.currency === null)
          throw unreadable(`${open.place}, CURDEF`, 'it is missing before the entries');
        takeTransaction(open, aggregate, open.currency);
      } else if (path.some((each) => TRANSACTIONS.has(each))) takeInside(open, aggregate);
      else if (/^(?:BANK|CC)ACCTFROM$/.test(name)) takeAccount(open, aggregate);
      else if (name === 'BANKTRANLIST') takeList(open, leaves);
      else if (name === 'LEDGERBAL' && open.currency !== null) {
        const where = `${open.place}, LEDGERBAL`;
        if (aggregate.ambiguous.has('BALAMT')) throw unreadable(where, 'it has two amounts');
        open.closingMinor = readOfxBalance(leaves.get('BALAMT') ?? '', open.currency, where);
        if (open.closingMinor === null)
          events.push({ kind: 'warning', warning: warn('balance_blank', open.place) });
      }
    },
    /** Handles a leaf of the statement itself, which precedes its entries. */
    leaf(name: string, value: string): void {
      if (open === null || name !== 'CURDEF' || value === '') return;
      const currency = currencyOf(value, `${open.place}, CURDEF`);
      if ((open.currency ?? currency) !== currency)
        throw unreadable(`${open.place}, CURDEF`, 'the statement has two currencies');
      open.currency = currency;
    },
    drain(): readonly StatementEvent[] {
      const drained = events;
      events = [];
      return drained;
    },
    end(): void {
      if (statements === 0) throw unreadable('file', 'it contains no bank or card statement');
    },
  };
}

function currencyOf(text: string, where: string): Currency {
  const code = text.toUpperCase();
  if (!/^[A-Z]{3}$/.test(code)) throw unreadable(where, 'it is not a currency code');
  return parseCurrency(code);
}

/**
 * Banks write the time of download as DTEND, so that day may still lack lines. A period that is not written as dates is ignored.
 */
function completeDays(
  leaves: ReadonlyMap<string, string>,
  place: string,
): { readonly days: Open['days']; readonly isReadable: boolean } {
  const [start = '', end = ''] = [leaves.get('DTSTART'), leaves.get('DTEND')];
  if (start === '' || end === '') return { days: null, isReadable: true };
  try {
    const from = readOfxDay(start, place);
    const firstDay = from.isMidnight ? from.day : addDays(from.day, 1);
    const lastDay = addDays(readOfxDay(end, place).day, -1);
    return { days: firstDay <= lastDay ? { from: firstDay, to: lastDay } : null, isReadable: true };
  } catch (error) {
    if (isCoded(error, 'statement.unreadable')) return { days: null, isReadable: false };
    throw error;
  }
}
