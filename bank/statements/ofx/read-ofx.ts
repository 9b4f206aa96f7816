import { addDays, type LocalDate } from '../../../domain/local-date.ts';
import { parseCurrency, type Currency } from '../../../domain/money.ts';
import type { StatementLine } from '../../../domain/statement.ts';
import { unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent, StatementReader } from '../statement-reader.ts';
import { createTally } from '../statement-tally.ts';
import { readTextLines } from '../text-lines.ts';
import { warn } from '../warnings.ts';
import { createOfxElements, type OfxAggregate } from './ofx-elements.ts';
import { readOfxAmount, readOfxDay } from './ofx-values.ts';

const HEADER_CHARS_MAX = 4096;
const STATEMENTS = new Set(['STMTRS', 'CCSTMTRS']);
const TRANSACTIONS = new Set(['STMTTRN', 'STMTTRNP']);

/**
 * OFX and QFX, 1.x (SGML) and 2.x (XML): bank and credit card statements, several in a file. Only the closing balance is
 * stated, so that a proof comes from the account's other statements. FITIDs are evidence: banks repeat and re-use them.
 */
export const ofxReader: StatementReader = {
  name: 'ofx',
  recognises: (head) => /OFXHEADER|<OFX>/i.test(head),
  async *read(chunks, limits): AsyncGenerator<readonly StatementEvent[]> {
    const statements = createStatements(limits);
    const elements = createOfxElements(statements);
    let header: string | null = '';
    yield [{ kind: 'file', format: 'ofx' }];
    for await (const { lines } of readTextLines(chunks, limits.fileBytesMax)) {
      let text = `${lines.join('\n')}\n`;
      if (header !== null) {
        header += text;
        const start = header.search(/<OFX>/i);
        if (start === -1) {
          if (header.length > HEADER_CHARS_MAX) throw unreadable('header', 'no OFX follows it');
          continue;
        }
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

interface Open {
  readonly place: string;
  readonly tally: ReturnType<typeof createTally>;
  account: string | null;
  currency: Currency | null;
  closingMinor: bigint | null;
  days: { readonly from: LocalDate; readonly to: LocalDate } | null;
}

function createStatements(limits: StatementLimits) {
  let events: StatementEvent[] = [];
  let open: Open | null = null;
  let [statements, entries] = [0, 0];

  const takeTransaction = (current: Open, aggregate: OfxAggregate, currency: Currency): void => {
    entries += 1;
    const position = `${current.place}, entry ${current.tally.lines + 1}`;
    if (entries > limits.entriesMax)
      throw unreadable(position, `the file has more than ${limits.entriesMax} entries`);
    const line = readTransaction(aggregate, currency, position);
    current.tally.add(line);
    events.push({ kind: 'line', line });
  };

  const finish = (current: Open): void => {
    if (current.account === null) throw unreadable(current.place, 'it names no account');
    if (current.currency === null) throw unreadable(current.place, 'nothing tells its currency');
    events.push({
      kind: 'statement',
      statement: {
        account: current.account,
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
      if (open !== null) throw unreadable(open.place, 'another statement stands in it');
      statements += 1;
      open = {
        place: `statement ${statements}`,
        tally: createTally(),
        account: null,
        currency: null,
        closingMinor: null,
        days: null,
      };
    },
    closed(aggregate: OfxAggregate): void {
      const { name, leaves, path } = aggregate;
      if (name === 'STATUS' && leaves.get('SEVERITY')?.toUpperCase() === 'ERROR')
        throw unreadable(
          open?.place ?? 'file',
          'the bank says that it could not make the statement',
        );
      if (open === null) return;
      if (STATEMENTS.has(name)) {
        open.currency ??= currencyOf(leaves.get('CURDEF'), open.place);
        finish(open);
      } else if (/^(?:BANK|CC)ACCTFROM$/.test(name) && STATEMENTS.has(path.at(-1) ?? '')) {
        open.account = leaves.get('ACCTID') ?? null;
      } else if (TRANSACTIONS.has(name)) {
        if (open.currency === null)
          throw unreadable(open.place, 'its entries come before its currency');
        takeTransaction(open, aggregate, open.currency);
      } else if (name === 'BANKTRANLIST') {
        open.days = completeDays(leaves, open.place);
      } else if (name === 'LEDGERBAL' && open.currency !== null) {
        const where = `${open.place}, LEDGERBAL`;
        open.closingMinor = readOfxAmount(leaves.get('BALAMT') ?? '', open.currency, where);
      }
    },
    /** Told by a leaf of the statement itself, which comes before its entries. */
    leaf(name: string, value: string): void {
      if (open !== null && name === 'CURDEF') open.currency = currencyOf(value, open.place);
    },
    drain(): readonly StatementEvent[] {
      const told = events;
      events = [];
      return told;
    },
    end(): void {
      if (statements === 0) throw unreadable('file', 'it holds no bank or card statement');
    },
  };
}

function readTransaction(
  { name, leaves, path }: OfxAggregate,
  currency: Currency,
  position: string,
): StatementLine {
  const leaf = (key: string) => {
    const value = leaves.get(key);
    return value === undefined || value === '' ? null : value;
  };
  const need = (key: string) => {
    const value = leaf(key);
    if (value === null) throw unreadable(`${position}, ${key}`, 'it is missing');
    return value;
  };
  const minor = readOfxAmount(need('TRNAMT'), currency, `${position}, TRNAMT`);
  const isPending = name === 'STMTTRNP' || path.includes('BANKTRANLISTP');
  const posted = leaf('DTPOSTED') ?? (isPending ? need('DTTRAN') : need('DTPOSTED'));
  const valued = leaf('DTAVAIL') ?? leaf('DTUSER');
  const present = (texts: readonly (string | null)[]) => [
    ...new Set(texts.filter((text): text is string => text !== null)),
  ];
  return {
    bankId: leaf('FITID'),
    bookingDate: readOfxDay(posted, `${position}, DTPOSTED`).day,
    valueDate: valued === null ? null : readOfxDay(valued, `${position}, DTAVAIL`).day,
    amountMinor: minor < 0n ? -minor : minor,
    direction: minor < 0n ? 'debit' : 'credit',
    currency,
    status: isPending ? 'pending' : 'booked',
    reversal: leaf('CORRECTFITID') !== null && leaf('CORRECTACTION') === 'DELETE',
    references: present([leaf('MEMO'), leaf('NAME'), leaf('REFNUM'), leaf('CHECKNUM')]),
    text: present([leaf('NAME'), leaf('MEMO')]).join(' '),
    counterparty: { name: leaf('NAME'), account: null },
    runningBalanceMinor: null,
    position,
    details: [],
  };
}

function currencyOf(text: string | undefined, place: string): Currency {
  if (text === undefined || !/^[A-Z]{3}$/.test(text))
    throw unreadable(`${place}, CURDEF`, 'it is no currency');
  return parseCurrency(text);
}

/** Banks write the moment of the download as DTEND, so that its day may lack lines still. */
function completeDays(leaves: ReadonlyMap<string, string>, place: string): Open['days'] {
  const [start, end] = [leaves.get('DTSTART'), leaves.get('DTEND')];
  if (start === undefined || end === undefined || start === '' || end === '') return null;
  const from = readOfxDay(start, `${place}, DTSTART`);
  const firstDay = from.isMidnight ? from.day : addDays(from.day, 1);
  const lastDay = addDays(readOfxDay(end, `${place}, DTEND`).day, -1);
  return firstDay <= lastDay ? { from: firstDay, to: lastDay } : null;
}
