import { setImmediate } from 'node:timers/promises';
import { statementFault, unreadable } from './statement-fault.ts';

const PIECE_BYTES = 64 * 1024;
const PIECES_PER_TURN = 16;
const DECLARATION_BYTES_MAX = 512;

type Decode = (bytes: Uint8Array, last: boolean) => string;

/**
 * Decodes an XML file chunk by chunk by its declared encoding: UTF-8 (the default, with or without a byte order mark) or a
 * single-byte encoding that banks use. Lets other work run after each megabyte, even when all chunks are available at once.
 * @throws CodedError `statement.unreadable` for any other encoding and for bytes that do not fit it; `statement.incomplete`
 * when the file ends inside a character.
 */
export async function* decodeXml(
  chunks: AsyncIterable<Uint8Array>,
  fileBytesMax: number,
): AsyncGenerator<string> {
  let head: Uint8Array = Buffer.alloc(0);
  let decode: Decode | null = null;
  let bytes = 0;
  let pieces = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > fileBytesMax) throw unreadable('file', `it is larger than ${fileBytesMax} bytes`);
    let ready = chunk;
    if (decode === null) {
      head = Buffer.concat([head, chunk]);
      if (head.length < DECLARATION_BYTES_MAX) continue;
      decode = chooseDecoder(head);
      ready = head;
    }
    for (let from = 0; from < ready.length; from += PIECE_BYTES) {
      yield decode(ready.subarray(from, from + PIECE_BYTES), false);
      pieces += 1;
      if (pieces % PIECES_PER_TURN === 0) await setImmediate();
    }
  }
  if (bytes === 0) throw statementFault('statement.incomplete', 'file', 'it is empty');
  if (decode === null) {
    decode = chooseDecoder(head);
    yield decode(head, false);
  }
  yield decode(Buffer.alloc(0), true);
}

/** Keyed by the names that banks declare. US-ASCII is read as its superset. */
const DECODERS: ReadonlyMap<string, () => Decode> = new Map([
  ['UTF-8', () => createDecoder('utf-8')],
  ['UTF8', () => createDecoder('utf-8')],
  ['US-ASCII', () => createDecoder('utf-8')],
  ['ISO-8859-1', () => decodeLatin1],
  ['ISO-8859-15', () => createDecoder('iso-8859-15')],
  ['WINDOWS-1252', () => createDecoder('windows-1252')],
]);

function chooseDecoder(head: Uint8Array): Decode {
  const hasMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  const start = Buffer.from(head.subarray(hasMark ? 3 : 0, DECLARATION_BYTES_MAX)).toString(
    'latin1',
  );
  const declared = /^<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"'>]*)["']/.exec(start)?.[1] ?? 'UTF-8';
  const decode = DECODERS.get(declared.toUpperCase())?.();
  // The byte order mark means UTF-8; a file that declares something else contradicts itself.
  if (decode === undefined || (hasMark && !/^UTF-?8$/i.test(declared)))
    throw unreadable('XML declaration', 'its encoding is not supported');
  return decode;
}

/** TextDecoder cannot do this: its `iso-8859-1` is windows-1252. */
function decodeLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function createDecoder(encoding: string): Decode {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (bytes, last) => {
    try {
      return decoder.decode(bytes, { stream: !last });
    } catch {
      throw last
        ? statementFault('statement.incomplete', 'file', 'it ends inside a character')
        : unreadable('file', 'it contains bytes that are invalid in its encoding');
    }
  };
}
