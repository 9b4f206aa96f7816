import { isCoded } from '../../../domain/errors.ts';
import { parseCurrency, ZAR, type Currency } from '../../../domain/money/money.ts';
import { signedMinor, type Sighting } from '../../../domain/line/sighting.ts';
import type { StatementFormat } from '../../../domain/line/statement.ts';
import { parseJsonBytes, type JsonValue } from '../../json/json-text.ts';
import { createRunningBalance } from '../running-balance.ts';
import { statementFault, unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent, StatementReader, StatementSummary } from '../statement-reader.ts';
import { warn } from '../warnings.ts';
import { readRowOrRefuse } from '../../json/read-row.ts';
import { ANSWER_SHAPES } from './answer-shapes.ts';

/** A response is kept whole in memory, so it has the same cap as a feed's. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** Rows of one account in one currency. */
interface AccountRows {
  /** `statement 1` */
  readonly place: string;
  readonly account: string;
  readonly currency: Currency;
  readonly rows: Sighting[];
  /** Rows without a date that are no movements yet. */
  undated: number;
}

/**
 * A saved response of a bank's API, in any protocol that Purser polls, such as support receives to examine a feed. It covers
 * no days, and only the running balance of its rows can prove it. A response may be one page, or filtered, so rows whose
 * balances do not follow each other contradict nothing.
 */
export const jsonReader: StatementReader = {
  name: 'json',
  recognises: (head) => /^\s*(?:\{\s*["}]|\[)/.test(head),
  async *read(chunks, limits): AsyncGenerator<readonly StatementEvent[]> {
    const outcome = parseJsonBytes(await readAll(chunks, limits));
    if (!outcome.ok) {
      const code = outcome.isCut ? 'statement.incomplete' : 'statement.unreadable';
      throw statementFault(code, 'file', outcome.why);
    }
    const { format, accounts } = readAnswer(outcome.value, limits);
    yield [{ kind: 'file', format }, ...accounts.flatMap(statementEvents)];
  },
};

async function readAll(
  chunks: AsyncIterable<Uint8Array>,
  { fileBytesMax }: StatementLimits,
): Promise<Uint8Array> {
  const bytesMax = Math.min(fileBytesMax, ANSWER_BYTES_MAX);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw unreadable('file', `it is larger than ${bytesMax} bytes`);
    parts.push(chunk);
  }
  const whole = Buffer.concat(parts);
  const hasMark = whole.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  return hasMark ? whole.subarray(3) : whole;
}

function readAnswer(
  body: JsonValue,
  limits: StatementLimits,
): { readonly format: StatementFormat; readonly accounts: readonly AccountRows[] } {
  const shape = ANSWER_SHAPES.find(({ rowsOf }) => rowsOf(body) !== null);
  if (shape === undefined) {
    throw statementFault(
      'statement.unknown_format',
      'file',
      'it is not a response of a supported bank API',
    );
  }
  const accounts = new Map<string, AccountRows>();
  for (const [index, { value, list }] of (shape.rowsOf(body) ?? []).entries()) {
    const at = `row ${index + 1}`;
    if (index >= limits.entriesMax) {
      throw unreadable(at, `the file has more than ${limits.entriesMax} entries`);
    }
    const account = shape.accountOf(value, body);
    const currency = readCurrency(shape.currencyOf(value), at);
    const key = `${currency} ${account}`;
    const place = `statement ${accounts.size + 1}`;
    const known: AccountRows = accounts.get(key) ?? {
      place,
      account,
      currency,
      rows: [],
      undated: 0,
    };
    accounts.set(key, known);
    const position = `${known.place}, entry ${known.rows.length + 1}`;
    const refuse = (why: string) => unreadable(at, why);
    // A file is understood whole or not at all.
    const onIgnored = (field: string) => {
      throw unreadable(at, `${field} cannot be read`);
    };
    const reader = shape.readerOf({ currency, position, list, body, refuse, onIgnored });
    const row = readRowOrRefuse(value, reader, refuse);
    if (row === null) known.undated += 1;
    else known.rows.push(row);
  }
  return { format: shape.format, accounts: [...accounts.values()] };
}

function readCurrency(value: JsonValue | undefined, at: string): Currency {
  if (value === undefined) return ZAR;
  try {
    return parseCurrency(typeof value === 'string' ? value : '');
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw unreadable(at, 'it names no currency');
  }
}

function statementEvents(known: AccountRows): readonly StatementEvent[] {
  const { place, account, currency, rows, undated } = known;
  return [
    // It may be one page of several.
    { kind: 'warning', warning: warn('end_unproved', place) },
    ...(undated === 0
      ? []
      : [{ kind: 'warning', warning: warn('pending_undated', place) } as const]),
    ...rows.map((row): StatementEvent => ({ kind: 'line', line: { ...row, details: [] } })),
    {
      kind: 'statement',
      statement: { account, currency, statementId: null, ...prove(rows), completeDays: null },
    },
  ];
}

function prove(
  rows: readonly Sighting[],
): Pick<StatementSummary, 'openingMinor' | 'closingMinor' | 'proof' | 'differenceMinor'> {
  const running = createRunningBalance();
  const booked = rows.filter(({ status }) => status === 'booked');
  const bookedMinor = booked.reduce((sum, row) => sum + signedMinor(row), 0n);
  for (const row of booked) {
    running.add({
      day: row.bookingDate,
      movedMinor: signedMinor(row),
      balanceMinor: row.runningBalanceMinor,
    });
  }
  const { openingMinor, closingMinor, isChain } = running.ends(bookedMinor);
  return isChain && openingMinor !== null && openingMinor + bookedMinor === closingMinor
    ? { openingMinor, closingMinor, proof: 'ok', differenceMinor: 0n }
    : { openingMinor: null, closingMinor: null, proof: 'absent', differenceMinor: null };
}
