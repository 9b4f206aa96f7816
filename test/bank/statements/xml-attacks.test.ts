import { describe, expect, it } from 'vitest';
import { chunksOf, failureOf, parseBytes, parseText, readSample } from '../support/samples.ts';
import { parseStatementFile } from '../../../bank/statements/parse-statement-file.ts';

describe('the XML reader, on hostile files,', () => {
  it.each([
    ['a DOCTYPE', '<!DOCTYPE Document>'],
    ['an external entity', '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
    ['an entity bomb', `<!DOCTYPE d [<!ENTITY a "${'x'.repeat(50)}"><!ENTITY b "&a;&a;&a;&a;">]>`],
  ])('refuses %s before the document', async (_name, doctype) => {
    const text = (await readSample('single.xml')).replace('<Document', `${doctype}<Document`);
    expect((await failureOf(parseText(text))).code).toBe('statement.unreadable');
  });

  it.each([
    ['an entity that nobody declared', 'Inv &amp;', 'Inv &x;'],
    ['a control character', 'Inv &amp;', 'Inv &#0;'],
    ['text beside elements', '<Stmt>', '<Stmt>stray'],
    ['an element of another namespace', '<Ntry>', '<Ntry xmlns="urn:other">'],
    ['a second message', '</BkToCstmrStmt>', '</BkToCstmrStmt><BkToCstmrStmt></BkToCstmrStmt>'],
    ['a message without statements', /<Stmt>[^]*<\/Stmt>/, ''],
    ['a second root', '</Document>', '</Document><Document/>'],
    ['anything after the root', '</Document>', '</Document>more'],
    ['an element cut out of another', '</Sts>', '</St>'],
    ['an unknown encoding', 'encoding="UTF-8"', 'encoding="UTF-7"'],
  ])('refuses %s', async (_name, from, to) => {
    const text = await readSample('single.xml');
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect((await failureOf(parseText(changed))).code).toBe('statement.unreadable');
  });

  it.each([
    ['another version of another message', 'camt.053.001.02', 'pain.001.001.03'],
    ['another root', /Document/g, 'Envelope'],
  ])('reports an unknown format for %s', async (_name, from, to) => {
    const text = (await readSample('single.xml')).replace(from, to);
    expect((await failureOf(parseText(text))).code).toBe('statement.unknown_format');
  });

  it.each([['plain text'], ['{"transactions":[]}'], ['%PDF-1.7'], ['\u0000\u0001']])(
    'reports an unknown format for %j',
    async (text) => {
      const error = await failureOf(parseText(text));
      expect(error.code).toBe('statement.unknown_format');
      expect(error.details).toEqual({ where: 'file' });
    },
  );

  it('refuses bytes that are not UTF-8, and UTF-16', async () => {
    const text = await readSample('single.xml');
    const broken = Buffer.from(text.replace('A Payer', 'A\u00ffPayer'), 'latin1');
    expect((await failureOf(parseBytes(broken))).code).toBe('statement.unreadable');
    const wide = Buffer.from(text.replace('UTF-8', 'UTF-16'), 'utf16le');
    expect((await failureOf(parseBytes(wide))).code).toBe('statement.unreadable');
  });

  it('refuses endlessly nested elements', async () => {
    const text = (await readSample('single.xml')).replace('<Sts>', `${'<A>'.repeat(10_000)}<Sts>`);
    expect((await failureOf(parseText(text))).message).toContain('deeper than');
  });

  it.each([
    ['one text', (filler: string) => `<AddtlNtryInf>${filler}`],
    ['one tag', (filler: string) => `<AddtlNtryInf a="${filler}`],
    ['one comment', (filler: string) => `<!--${filler}`],
    [
      'one text in pieces',
      (filler: string) => `<AddtlNtryInf>${filler.replaceAll('aaaa', 'a<!-- -->')}`,
    ],
    ['character references', () => `<AddtlNtryInf>${'&#65;'.repeat(1_000_000)}`],
  ])('refuses %s without end, and does not read all of it', async (_name, make) => {
    const attack = make('a'.repeat(2_000_000));
    const text = (await readSample('single.xml')).replace('<AddtlNtryInf>', attack);
    let taken = 0;
    async function* counted() {
      for await (const chunk of chunksOf(Buffer.from(text))) {
        taken += chunk.length;
        yield chunk;
      }
    }
    expect((await failureOf(parseStatementFile(counted()))).code).toBe('statement.unreadable');
    expect(taken).toBeLessThan(text.length / 2);
  });

  it('stops reading at the largest size and at the largest number of entries', async () => {
    const text = await readSample('single.xml');
    let taken = 0;
    async function* endless() {
      yield* chunksOf(Buffer.from(text.slice(0, text.indexOf('<Ntry>'))));
      for (;;) {
        taken += 1;
        yield Buffer.from(`<!-- ${' '.repeat(1_000)} -->`);
      }
    }
    const error = await failureOf(parseStatementFile(endless(), { fileBytesMax: 100_000 }));
    expect(error.message).toContain('larger than 100000 bytes');
    expect(taken).toBeLessThan(200);

    const batch = await failureOf(
      parseBytes(Buffer.from(await readSample('batch.xml')), { entriesMax: 2 }),
    );
    expect(batch.message).toContain('more than 2 entries');
  });
});
