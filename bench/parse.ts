import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTerminal, toJson } from '../cli/terminal.ts';
import { parseLocalDate } from '../domain/local-date.ts';
import { removeThrowAwayFolder, throwAwayFolder } from '../embedded/data-folder.ts';
import { writeStatementFile, type BenchFormat } from './statement-files.ts';

const run = promisify(execFile);
const ONE = fileURLToPath(new URL('./parse-one.ts', import.meta.url));
/** The first round warms up and does not count. */
const ROUNDS = 4;
const RATIO_MAX = 3;
/** Per format: splits the same bytes into the reader's pieces, and makes nothing of them. */
const TOKENIZERS = { camt: 'saxes', mt940: 'mt940' } as const;
const MEMORY_SIZES = [10_000, 100_000, 1_000_000];

interface Reading {
  readonly found: number;
  readonly cpuMs: readonly number[];
  readonly maxRssKb: number;
}

/** `npm run bench -- parse`: compares readers with the bare tokenizer on the same bytes, and memory with file size. */
export async function benchParse(args: readonly string[]): Promise<void> {
  const terminal = createTerminal();
  const folder = await throwAwayFolder();
  try {
    const sizes = args.includes('--quick') ? MEMORY_SIZES.slice(0, 2) : MEMORY_SIZES;
    const reports = [];
    for (const format of ['camt', 'mt940'] as const) {
      const paths = new Map<number, string>();
      for (const entries of sizes) {
        terminal.progress(`Writing ${format} with ${entries} entries`);
        const file = path.join(folder, `${format}-${entries}`);
        await writeStatementFile(file, format, {
          entries,
          days: 1,
          lastDay: parseLocalDate('2026-11-20'),
          referenceOf: (index) => `CUS${String(10_000_000 + index)}`,
        });
        paths.set(entries, file);
      }
      terminal.progress(`Reading ${format}`);
      reports.push(await measure(format, paths));
    }
    terminal.print(args.includes('--json') ? toJson(reports) : reports.map(printReport).join('\n'));
    if (reports.some(({ ratio }) => ratio > RATIO_MAX)) process.exitCode = 1;
  } finally {
    await removeThrowAwayFolder(folder);
  }
}

async function measure(format: BenchFormat, paths: ReadonlyMap<number, string>) {
  const middle = paths.get(100_000) ?? '';
  const bare = await readIn(TOKENIZERS[format], middle, ROUNDS);
  const floor = await readIn('lines', middle, ROUNDS);
  const reader = await readIn('reader', middle, ROUNDS);
  const memory: { readonly entries: number; readonly maxRssKb: number }[] = [];
  for (const [entries, file] of paths)
    memory.push({ entries, maxRssKb: (await readIn('reader', file, 1)).maxRssKb });
  const [bareMs, readerMs] = [best(bare), best(reader)];
  return {
    format,
    entries: reader.found,
    bytes: (await stat(middle)).size,
    floorMs: best(floor),
    bareMs,
    readerMs,
    ratio: readerMs / bareMs,
    memory,
  };
}

async function readIn(how: string, file: string, rounds: number): Promise<Reading> {
  const { stdout } = await run(process.execPath, [
    '--import',
    'tsx',
    ONE,
    how,
    file,
    String(rounds),
  ]);
  return JSON.parse(stdout) as Reading;
}

function best({ cpuMs }: Reading): number {
  return Math.min(...cpuMs.slice(1));
}

function printReport(report: Awaited<ReturnType<typeof measure>>): string {
  const { format, entries, bytes, floorMs, bareMs, readerMs, ratio, memory } = report;
  return [
    `${format}: ${entries.toLocaleString('en')} entries, ${(bytes / 1_048_576).toFixed(1)} MiB`,
    `  lines split     ${floorMs.toFixed(0)} ms CPU (only decoding and line ends)`,
    `  bare tokenizer  ${bareMs.toFixed(0)} ms CPU`,
    `  reader          ${readerMs.toFixed(0)} ms CPU, ${((readerMs * 1_000) / entries).toFixed(1)} µs per entry`,
    `  ratio           ${ratio.toFixed(2)}x (aim: at most ${RATIO_MAX}x)`,
    ...memory.map(
      ({ entries: size, maxRssKb }) =>
        `  peak memory     ${(maxRssKb / 1_024).toFixed(0)} MiB with ${size.toLocaleString('en')} entries`,
    ),
  ].join('\n');
}
