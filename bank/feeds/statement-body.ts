import { Readable } from 'node:stream';
import { isCoded } from '../../domain/errors.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import type { Statement, StatementFile, StatementLine } from '../../domain/line/statement.ts';
import type { BankAnswer } from '../http/exchange.ts';
import type { Refuse } from '../json/fields.ts';
import { entryToCapture, NEVER_POSTS } from '../statements/capture-entries.ts';
import { parseStatementFile } from '../statements/parse-statement-file.ts';
import { digestRow } from './row-digest.ts';

const IBAN = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/;

const FORMATS: Readonly<Record<'xml' | 'text', readonly string[]>> = {
  xml: ['camt.052', 'camt.053'],
  text: ['mt940', 'mt942'],
};

interface StatementBody {
  readonly sightings: readonly Sighting[];
  /** Positions of sightings that a person must see before any wallet is credited. */
  readonly heldPositions: ReadonlySet<string>;
}

/**
 * Reads a statement file that an API returned. Content type and first bytes must name the same format. A file that
 * contradicts itself, or is marked as a copy, is refused. All its statements answer for one window, so they must follow one
 * another; an entry that appears in two of them counts twice only where the balances prove it.
 */
export async function readStatementBody(
  answer: BankAnswer,
  accountId: string,
  refuse: Refuse,
): Promise<StatementBody> {
  const formats = answer.media === 'json' ? [] : FORMATS[answer.media];
  const file = await parse(answer.bytes, refuse);
  if (!formats.includes(file.format)) throw refuse('its content does not match its content type');
  if (file.statements.some(({ proof }) => proof === 'failed')) {
    throw refuse('its opening balance plus its lines does not equal its closing balance');
  }
  const accounts = [...new Set(file.statements.map(({ account }) => account))];
  if (accounts.length > 1) throw refuse('it holds statements of several accounts');
  for (const account of accounts) refuseOtherIban(accountId, account, refuse);
  if (file.warnings.some(({ code }) => NEVER_POSTS.has(code))) {
    throw refuse('it is marked as a copy or as provisional');
  }
  refuseGaps(file, refuse);
  return toCapture(file);
}

/** Some banks identify an account by its IBAN. Where both ids are IBANs, they must match. */
export function refuseOtherIban(accountId: string, stated: string, refuse: Refuse): void {
  const own = accountId.replaceAll(' ', '');
  if (own !== stated && IBAN.test(own) && IBAN.test(stated)) {
    throw refuse('it belongs to another account');
  }
}

function refuseGaps({ format, statements }: StatementFile, refuse: Refuse): void {
  const isGapless = [statements, [...statements].reverse()].some((order) =>
    order.every(({ openingMinor }, index) => {
      const closing = order[index - 1]?.closingMinor ?? null;
      return closing === null || openingMinor === null || closing === openingMinor;
    }),
  );
  // A bank may cut reports within a day anywhere, but not statements of whole days.
  if (!isGapless && (format === 'camt.053' || format === 'mt940')) {
    throw refuse('its statements do not follow one another');
  }
  const areProved = isGapless && statements.every(({ proof }) => proof === 'ok');
  if (standsTwice(statements, ({ bankId }) => !areProved || bankId !== null)) {
    throw refuse('an entry appears in two of its statements');
  }
}

function standsTwice(
  statements: readonly Statement[],
  counts: (line: StatementLine) => boolean,
): boolean {
  const seen = new Set<string>();
  return statements.some(({ lines }) => {
    const digests = lines.filter(counts).map((line) => digestRow(line, true));
    if (digests.some((digest) => seen.has(digest))) return true;
    for (const digest of digests) seen.add(digest);
    return false;
  });
}

async function parse(bytes: Uint8Array, refuse: Refuse): Promise<StatementFile> {
  try {
    return await parseStatementFile(Readable.from([bytes]));
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw refuse(`it is not a readable statement (${error.code})`);
  }
}

function toCapture(file: StatementFile): StatementBody {
  const warningsAt = new Map<string, Set<string>>();
  for (const { code, where } of file.warnings) {
    warningsAt.set(where, (warningsAt.get(where) ?? new Set<string>()).add(code));
  }
  const sightings: Sighting[] = [];
  const heldPositions = new Set<string>();
  for (const line of file.statements.flatMap(({ lines }) => lines)) {
    const entry = entryToCapture(line, warningsAt.get(line.position) ?? new Set());
    sightings.push(...entry.sightings);
    if (entry.hold !== null)
      for (const { position } of entry.sightings) heldPositions.add(position);
  }
  return { sightings, heldPositions };
}
