import { isCoded } from '../../../domain/errors.ts';
import { parseCurrency, ZAR, type Currency } from '../../../domain/money.ts';
import type { Sighting } from '../../../domain/sighting.ts';
import type { StatementFormat } from '../../../domain/statement.ts';
import { parseJsonBytes, type JsonValue } from '../../json/json-text.ts';
import { statementFault, unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent, StatementReader } from '../statement-reader.ts';
import { warn } from '../warnings.ts';
import { ANSWER_SHAPES } from './answer-shapes.ts';

/** An answer is held whole, so it is capped where a feed caps it. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** Rows of one account in one currency. */
interface AccountRows {
  readonly account: string;
  readonly currency: Currency;
  readonly rows: Sighting[];
}

/**
 * A saved answer of a bank's API, of any protocol that we poll: what a support desk is sent when a feed is in question. It
 * states no balances and covers no days, so its proof is absent.
 */
export const jsonReader: StatementReader = {
  name: 'json',
  recognises: (head) => /^\s*(?:\{\s*["}]|\[)/.test(head),
  async *read(chunks, limits): AsyncGenerator<readonly StatementEvent[]> {
    const outcome = parseJsonBytes(await readAll(chunks, limits));
    if (!outcome.ok) throw statementFault('statement.incomplete', 'file', outcome.why);
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
      'it is no answer of an API that we know',
    );
  }
  const accounts = new Map<string, AccountRows>();
  for (const [index, { value, status }] of (shape.rowsOf(body) ?? []).entries()) {
    const at = `row ${index + 1}`;
    if (index >= limits.entriesMax) {
      throw unreadable(at, `the file has more than ${limits.entriesMax} entries`);
    }
    const account = shape.accountOf(value, body);
    const currency = readCurrency(shape.currencyOf(value), at);
    const key = `${currency} ${account}`;
    const known: AccountRows = accounts.get(key) ?? { account, currency, rows: [] };
    accounts.set(key, known);
    const place = `statement ${[...accounts.keys()].indexOf(key) + 1}`;
    const position = `${place}, entry ${known.rows.length + 1}`;
    const refuse = (why: string) => unreadable(at, why);
    known.rows.push(shape.read(value, { currency, position, status, body, refuse }));
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

function statementEvents(
  { account, currency, rows }: AccountRows,
  index: number,
): readonly StatementEvent[] {
  return [
    // It may be one page of several.
    { kind: 'warning', warning: warn('end_unproved', `statement ${index + 1}`) },
    ...rows.map((row): StatementEvent => ({ kind: 'line', line: { ...row, details: [] } })),
    {
      kind: 'statement',
      statement: {
        account,
        currency,
        statementId: null,
        openingMinor: null,
        closingMinor: null,
        proof: 'absent',
        differenceMinor: null,
        completeDays: null,
      },
    },
  ];
}
