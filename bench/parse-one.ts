import { createReadStream } from 'node:fs';
import { SaxesParser } from 'saxes';
import { readStatementEvents } from '../bank/statements/parse-statement-file.ts';
import { tokenizeMt940 } from './tokenize-mt940.ts';

/** Reads a file several times in the way that its argument names, and prints the cost as JSON. */
const [how = '', path = '', rounds = '1'] = process.argv.slice(2);

const WAYS: Readonly<Record<string, () => Promise<number>>> = {
  reader: readLines,
  saxes: readTags,
  mt940: readFields,
  lines: splitLines,
};

async function readLines(): Promise<number> {
  let lines = 0;
  for await (const events of readStatementEvents(createReadStream(path)))
    for (const event of events) if (event.kind === 'line') lines += 1;
  return lines;
}

/** The bare tokenizer: passes every tag and text to a handler that does nothing. */
async function readTags(): Promise<number> {
  let tags = 0;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', () => {
    tags += 1;
  });
  parser.on('closetag', () => undefined);
  parser.on('text', () => undefined);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>)
    parser.write(decoder.decode(chunk, { stream: true }));
  parser.close();
  return tags;
}

/** The bare MT940 tokenizer, with a handler that does nothing. */
async function readFields(): Promise<number> {
  let fields = 0;
  await tokenizeMt940(createReadStream(path), () => {
    fields += 1;
  });
  return fields;
}

/** The least work of any reader, less than a tokenizer: decode and split into lines. */
async function splitLines(): Promise<number> {
  let found = 0;
  let rest = '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    found += lines.length;
  }
  return found;
}

const way = WAYS[how];
if (way === undefined) throw new Error(`Unknown way to read: ${how}.`);
const times: number[] = [];
let found = 0;
for (let round = 0; round < Number(rounds); round += 1) {
  const before = process.cpuUsage();
  found = await way();
  const spent = process.cpuUsage(before);
  times.push((spent.user + spent.system) / 1_000);
}
const { maxRSS } = process.resourceUsage();
process.stdout.write(`${JSON.stringify({ found, cpuMs: times, maxRssKb: maxRSS })}\n`);
