import { setImmediate } from 'node:timers/promises';
import { unreadable } from './statement-fault.ts';

const LINE_CHARS_MAX = 64 * 1024;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Lines of one stretch of a file, numbered from 1 for messages. */
export interface TextLines {
  readonly firstNumber: number;
  readonly lines: readonly string[];
  /** The file ended without a line end: the last line may be cut. */
  readonly isUnterminated: boolean;
}

/**
 * Decodes a text file and splits it into lines, one stretch for each chunk, so that memory does not grow. Each stretch is
 * UTF-8 where it is valid, else windows-1252: banks name no encoding. CR, LF and CRLF end a line.
 * @throws CodedError `statement.unreadable` for a file or line above its cap.
 */
export async function* readTextLines(
  chunks: AsyncIterable<Uint8Array>,
  fileBytesMax: number,
): AsyncGenerator<TextLines> {
  let rest: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let firstNumber = 1;
  let isStart = true;
  const decode = (block: Uint8Array): string => {
    const text = decodeBlock(block);
    const withoutMark = isStart && text.startsWith('\ufeff') ? text.slice(1) : text;
    isStart = false;
    return withoutMark;
  };
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > fileBytesMax) throw unreadable('file', `it is larger than ${fileBytesMax} bytes`);
    const block = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    const end = endOfLastLine(block);
    rest = block.subarray(end);
    if (rest.length > LINE_CHARS_MAX) throw tooLong(firstNumber);
    if (end === 0) continue;
    const lines = splitLines(decode(block.subarray(0, end)));
    // What follows the last line end is the beginning of a line that is not here yet.
    lines.pop();
    yield { firstNumber, lines: checked(lines, firstNumber), isUnterminated: false };
    firstNumber += lines.length;
    await setImmediate();
  }
  if (rest.length === 0) return;
  const lines = splitLines(decode(rest));
  const isUnterminated = lines.at(-1) !== '';
  if (!isUnterminated) lines.pop();
  yield { firstNumber, lines: checked(lines, firstNumber), isUnterminated };
}

/** After the last line end of which it is certain that no LF belongs to it still. */
function endOfLastLine(block: Buffer): number {
  const feed = block.lastIndexOf(NEWLINE);
  if (feed !== -1) return feed + 1;
  const carriage = block.lastIndexOf(RETURN, -2);
  return carriage === -1 ? 0 : carriage + 1;
}

function splitLines(text: string): string[] {
  return text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n');
}

function decodeBlock(block: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(block);
  } catch {
    return new TextDecoder('windows-1252').decode(block);
  }
}

function checked(lines: readonly string[], firstNumber: number): readonly string[] {
  const long = lines.findIndex((line) => line.length > LINE_CHARS_MAX);
  if (long !== -1) throw tooLong(firstNumber + long);
  return lines;
}

function tooLong(line: number) {
  return unreadable(`line ${line}`, `it is longer than ${LINE_CHARS_MAX} characters`);
}
