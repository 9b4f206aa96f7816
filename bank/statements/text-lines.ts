import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { statementFault, unreadable } from './statement-fault.ts';

const LINE_CHARS_MAX = 64 * 1024;
/** No character needs more than three bytes per UTF-16 unit. */
const LINE_BYTES_MAX = 3 * LINE_CHARS_MAX;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** DOS programs write this byte after the last line. */
const END_OF_FILE = 0x1a;

/** Lines of one block of a file, numbered from 1 for messages. */
export interface TextLines {
  readonly firstNumber: number;
  readonly lines: readonly string[];
  /** The file ended without a line end: the last line may be cut off. */
  readonly isUnterminated: boolean;
}

/**
 * Decodes a text file and splits it into lines, one block per chunk, so that memory does not grow. A line is UTF-8 if valid,
 * else windows-1252: banks name no encoding, and one stray byte must not change another line. A byte order mark identifies
 * UTF-16. CR, LF and CRLF end a line.
 * @throws CodedError `statement.unreadable` for a file or line above its cap.
 */
export async function* readTextLines(
  chunks: AsyncIterable<Uint8Array>,
  fileBytesMax: number,
): AsyncGenerator<TextLines> {
  let rest: Buffer = Buffer.alloc(0);
  let firstNumber = 1;
  let isStart = true;
  const decode = (block: Buffer): readonly string[] => {
    const lines = decodeLines(isStart ? withoutMark(block) : block);
    isStart = false;
    return lines;
  };
  for await (const chunk of toBytesOfUtf8(counted(chunks, fileBytesMax))) {
    const block = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    const end = endOfLastLine(block);
    rest = block.subarray(end);
    if (rest.length > LINE_BYTES_MAX) throw tooLong(firstNumber);
    if (end === 0) continue;
    // The bytes after the last line end begin a line that has not arrived yet.
    const lines = decode(block.subarray(0, end)).slice(0, -1);
    yield { firstNumber, lines: checked(lines, firstNumber), isUnterminated: false };
    firstNumber += lines.length;
    await setImmediate();
  }
  while (rest.at(-1) === END_OF_FILE) rest = rest.subarray(0, -1);
  if (rest.length === 0) return;
  const lines = decode(rest);
  const isUnterminated = lines.at(-1) !== '';
  yield {
    firstNumber,
    lines: checked(isUnterminated ? lines : lines.slice(0, -1), firstNumber),
    isUnterminated,
  };
}

/** The start of a file in the form that readers inspect to recognise their format: one character per byte, except for UTF-16. */
export function headText(begun: Buffer): string {
  const encoding = utf16Of(begun);
  return encoding === null
    ? withoutMark(begun).toString('latin1')
    : new TextDecoder(encoding).decode(begun);
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  fileBytesMax: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > fileBytesMax) throw unreadable('file', `it is larger than ${fileBytesMax} bytes`);
    yield chunk;
  }
}

/** Converts UTF-16 to UTF-8 and passes everything else through. */
async function* toBytesOfUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Buffer = Buffer.alloc(0);
  let decoder: TextDecoder | null = null;
  let isKnown = false;
  for await (const chunk of chunks) {
    if (isKnown) {
      yield decoder === null ? chunk : rewritten(decoder, chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 2) continue;
    isKnown = true;
    const encoding = utf16Of(head);
    decoder = encoding === null ? null : new TextDecoder(encoding, { fatal: true });
    yield decoder === null ? head : rewritten(decoder, head);
  }
  if (!isKnown) yield head;
  if (decoder === null) return;
  try {
    decoder.decode();
  } catch {
    throw statementFault('statement.incomplete', 'file', 'it ends inside a character');
  }
}

function rewritten(decoder: TextDecoder, bytes: Uint8Array): Uint8Array {
  try {
    return Buffer.from(decoder.decode(bytes, { stream: true }));
  } catch {
    throw unreadable('file', 'it contains bytes that are not valid UTF-16');
  }
}

function utf16Of(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null;
}

function withoutMark(block: Buffer): Buffer {
  return block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf ? block.subarray(3) : block;
}

/** Position after the last line end that is certainly complete: no LF of a CRLF can still follow. */
function endOfLastLine(block: Buffer): number {
  return Math.max(block.lastIndexOf(NEWLINE), block.lastIndexOf(RETURN, -2)) + 1;
}

/** Most files are UTF-8 throughout: those are split as one string. */
function decodeLines(block: Buffer): readonly string[] {
  if (isUtf8(block)) return splitLines(block.toString('utf8'));
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at < block.length; at += 1) {
    if (block[at] !== NEWLINE && block[at] !== RETURN) continue;
    lines.push(decodeLine(block.subarray(start, at)));
    if (block[at] === RETURN && block[at + 1] === NEWLINE) at += 1;
    start = at + 1;
  }
  lines.push(decodeLine(block.subarray(start)));
  return lines;
}

function splitLines(text: string): readonly string[] {
  return text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n');
}

/** Characters of windows-1252 from 0x80 to 0x9f, where ISO-8859-1 has controls. Node 20 decodes windows-1252 as ISO-8859-1. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

function decodeLine(line: Buffer): string {
  if (isUtf8(line)) return line.toString('utf8');
  return line
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (found) => WINDOWS_1252.charAt(found.charCodeAt(0) - 0x80));
}

function checked(lines: readonly string[], firstNumber: number): readonly string[] {
  const long = lines.findIndex((line) => line.length > LINE_CHARS_MAX);
  if (long !== -1) throw tooLong(firstNumber + long);
  return lines;
}

function tooLong(line: number) {
  return unreadable(`line ${line}`, `it is longer than ${LINE_CHARS_MAX} characters`);
}
