import { Readable } from 'node:stream';
import { isCoded } from '../../domain/errors.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { StatementFile } from '../../domain/statement.ts';
import type { BankAnswer } from '../http/exchange.ts';
import type { Refuse } from '../json/fields.ts';
import { entryToCapture, NEVER_POSTS } from '../statements/capture-entries.ts';
import { parseStatementFile } from '../statements/parse-statement-file.ts';

const FORMATS: Readonly<Record<'xml' | 'text', readonly string[]>> = {
  xml: ['camt.052', 'camt.053'],
  text: ['mt940', 'mt942'],
};

interface StatementBody {
  readonly sightings: readonly Sighting[];
  /** Of sightings that no wallet may get unseen. */
  readonly heldPositions: ReadonlySet<string>;
}

/**
 * Reads a statement file that an API sent as its answer. Content type and first bytes must agree on what it is, and a file that
 * contradicts itself, or that says that it is a copy, refuses the page.
 */
export async function readStatementBody(
  answer: BankAnswer,
  refuse: Refuse,
): Promise<StatementBody> {
  const formats = answer.media === 'json' ? [] : FORMATS[answer.media];
  const file = await parse(answer.bytes, refuse);
  if (!formats.includes(file.format)) throw refuse('its content is not what its type says');
  if (file.statements.some(({ proof }) => proof === 'failed')) {
    throw refuse('its lines do not lead from its opening balance to its closing one');
  }
  if (new Set(file.statements.map(({ account }) => account)).size > 1) {
    throw refuse('it holds statements of several accounts');
  }
  if (file.warnings.some(({ code }) => NEVER_POSTS.has(code))) {
    throw refuse('it says that it is a copy or provisional');
  }
  return toCapture(file);
}

async function parse(bytes: Uint8Array, refuse: Refuse): Promise<StatementFile> {
  try {
    return await parseStatementFile(Readable.from([bytes]));
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw refuse(`it is no statement that we can read (${error.code})`);
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
