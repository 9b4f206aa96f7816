import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTextLines } from '../../../bank/statements/text-lines.ts';
import { chunksOf, failureOf, parseBytes } from '../support/samples.ts';

const MIB = 1024 * 1024;

async function linesOf(bytes: Uint8Array, chunkBytes = 65_536) {
  const lines: string[] = [];
  let isUnterminated = false;
  for await (const stretch of readTextLines(chunksOf(bytes, chunkBytes), MIB)) {
    expect(stretch.firstNumber).toBe(lines.length + 1);
    for (const line of stretch.lines) lines.push(line);
    ({ isUnterminated } = stretch);
  }
  return { lines, isUnterminated };
}

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('each line of a text file', () => {
  it('decodes by its own bytes: a stray byte changes no other line', async () => {
    const bytes = Buffer.concat([utf8('Café\n'), latin1('Caf\u00e9\n'), utf8('€ 5\n')]);
    for (const size of [1, 7, 65_536]) {
      expect((await linesOf(bytes, size)).lines).toEqual(['Café', 'Café', '€ 5']);
    }
  });

  it('decodes as windows-1252 if not UTF-8, including its currency sign and quotes', async () => {
    const bytes = Buffer.from([0x80, 0x92, 0xe9, 0x9f, 0x0a]);
    expect((await linesOf(bytes)).lines).toEqual(['\u20ac\u2019\u00e9\u0178']);
  });

  it('ends with CR, LF or CRLF, however the bytes are chunked', async () => {
    const piece = fc.constantFrom('\r', '\n', '\r\n', 'a', 'é', '€', '');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        // A line that is not UTF-8, behind the others.
        fc.constantFrom('', '\n\u00ff', '\n\u0080x'),
        fc.integer({ min: 1, max: 9 }),
        async (pieces, stray, size) => {
          const bytes = Buffer.concat([utf8(pieces.join('')), latin1(stray)]);
          const expected = (pieces.join('') + stray.replace('\u0080', '\u20ac')).split(
            /\r\n|\n|\r/,
          );
          const isUnterminated = expected.at(-1) !== '';
          if (!isUnterminated) expected.pop();
          expect(await linesOf(bytes, size)).toEqual({ lines: expected, isUnterminated });
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([
    ['UTF-16, low byte first', Buffer.from('\ufeffÄ 1\r\n€ 2\r\n', 'utf16le')],
    ['UTF-16, high byte first', Buffer.from('\ufeffÄ 1\r\n€ 2\r\n', 'utf16le').swap16()],
    ['UTF-8 with a byte order mark', utf8('\ufeffÄ 1\r\n€ 2\r\n')],
  ])('decodes from %s', async (_, bytes) => {
    for (const size of [1, 7, 65_536]) {
      expect((await linesOf(bytes, size)).lines).toEqual(['Ä 1', '€ 2']);
    }
  });

  it('counts as incomplete if UTF-16 is cut inside a character', async () => {
    const bytes = Buffer.from('\ufeffab', 'utf16le').subarray(0, 5);
    expect((await failureOf(linesOf(bytes))).code).toBe('statement.incomplete');
    const lone = Buffer.from('\ufeff\ud800a\n', 'utf16le');
    expect((await failureOf(linesOf(lone))).code).toBe('statement.unreadable');
  });

  it('omits the end-of-file mark of DOS, and no other control character', async () => {
    expect(await linesOf(utf8('a\u001ab\r\n\u001a'))).toEqual({
      lines: ['a\u001ab'],
      isUnterminated: false,
    });
  });

  it('keeps to the same cap, however the bytes are chunked', async () => {
    for (const size of [7_000, 65_536, MIB]) {
      const fits = utf8(`${'é'.repeat(65_536)}\na\rb\rc\n`);
      expect((await linesOf(fits, size)).lines).toHaveLength(4);
      const wide = utf8(`a\n${'é'.repeat(65_537)}\n`);
      expect((await failureOf(linesOf(wide, size))).details['where']).toBe('line 2');
      const manyReturns = utf8(`a\n${'b\r'.repeat(150_000)}`);
      expect((await linesOf(manyReturns, size)).lines).toHaveLength(150_001);
    }
  });
});

describe('a statement in UTF-16', () => {
  it('reads like any other, recognised by its content', async () => {
    const text =
      ':20:X\n:25:42\n:28C:1\n:60F:C260102EUR1,00\n:61:260105C2,00NTRFÄ 7\n:62F:C260105EUR3,00\n';
    for (const bytes of [utf8(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      const [statement] = (await parseBytes(bytes)).statements;
      expect([statement?.proof, statement?.lines[0]?.references]).toEqual(['ok', ['Ä 7']]);
    }
  });
});
