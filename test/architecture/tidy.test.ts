import { describe, expect, it } from 'vitest';
import { listSources, type SourceFile } from '../support/repository.ts';

const LINES_MAX = 300;

const CODE = listSources(['.ts', '.mjs', '.cjs', '.js']);
const TESTS = CODE.filter(({ path }) => path.endsWith('.test.ts'));

/** Words that must not stand in a file, where they must not, and what to write instead. */
const BANNED = [
  {
    words: /\b(TO[D]O|FIX[M]E|HA[C]K|XX[X])\b/,
    where: /./,
    instead: 'open an issue, or finish it now',
  },
  {
    words: /\b(parseFloat|toFixed|Math\.round)\(/,
    where: /^(domain\/(?!local-date)|app\/|bank\/|db\/|activities\/|workflows\/)/,
    instead: 'bigint minor units and domain/money/money-text.ts',
  },
  {
    words: /\bNumber\([^)]*([mM]inor|[aA]mount|[cC]redits)/,
    where: /^(domain|app|bank|db|activities|workflows|temporal|worker|api|cli)\//,
    instead: 'bigint all the way, digits as text at the edge',
  },
  {
    words: /\b(Date\.now|Math\.random|new Date)\(\)?/,
    where: /^domain\/(?!local-date|line\/poll-window)/,
    instead: 'values handed in: domain/ has no clock and no chance',
  },
  {
    // The others are programs of their own, which print no report: a script in a string, a bank, a measurement.
    words: /\bprocess\.exit\(/,
    where:
      /^(?!cli\/end-process\.ts$|embedded\/temporal-sdk-download\.ts$|simulator\/main\.ts$|bench\/|test\/)/,
    instead:
      'process.exitCode, and close what keeps the process alive: an exit cuts output in a pipe',
  },
  { words: /\bMath\.random\(/, where: /^(?!simulator\/)/, instead: 'node:crypto' },
  {
    words: /\bconsole\.|\bdebugger\b/,
    where: /^(domain|app|bank|db\/(?!dump)|activities|workflows|temporal|worker|api)\//,
    instead: 'the logger, with facts as fields',
  },
  {
    words: /(eslint-disable|@ts-(ignore|expect-error|nocheck))/,
    where: /^(?!test\/architecture\/)/,
    instead: 'code that needs no exception',
  },
  {
    // A sub-select may: the planner reads only what is used of it.
    words: /(^|[^(])\bselect \*/i,
    where: /^(db|app|activities|temporal|api|worker|cli)\//,
    instead: 'the columns by name',
  },
] as const;

/** The ways to write money rows, and the queries that hold them. */
const MONEY_WRITERS = {
  insertLines: 'db/queries/capture.ts',
  postJournals: 'db/queries/settlement.ts',
  openReviews: 'db/queries/reviews.ts',
} as const;
const MONEY_FUNCTIONS = ['capture_lines', 'post_journals', 'open_reviews'];

describe('the source tree', () => {
  it('keeps every file to 300 lines', () => {
    const long = CODE.filter(({ text }) => text.trimEnd().split('\n').length > LINES_MAX);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('contains no banned word', () => {
    const found = CODE.flatMap((file) =>
      BANNED.filter(({ where }) => where.test(file.path)).flatMap(({ words, instead }) =>
        linesWith(file, words).map((place) => `${place}: write ${instead}`),
      ),
    );
    expect(found).toEqual([]);
  });

  it('reads the environment only where a process begins', () => {
    const beginnings =
      /^(cli\/|embedded\/|simulator\/main\.ts$|bench\/|test\/|vitest\.config\.ts$|eslint\.config\.js$)/;
    const found = CODE.filter(({ path }) => !beginnings.test(path)).flatMap((file) =>
      linesWith(file, /\bprocess\.env\b/),
    );
    expect(found).toEqual([]);
  });

  it('writes money rows only through app/', () => {
    // The bench of `verify` makes a million deposits for itself; what it measures is not how they came.
    const product = CODE.filter(
      ({ path }) => !path.startsWith('test/') && path !== 'bench/verify.ts',
    );
    const strangers = product.flatMap((file) => [
      ...Object.entries(MONEY_WRITERS)
        .filter(([, home]) => file.path !== home && !file.path.startsWith('app/'))
        .flatMap(([writer]) => linesWith(file, new RegExp(`\\b${writer}\\b`))),
      ...MONEY_FUNCTIONS.filter(
        () => !Object.values<string>(MONEY_WRITERS).includes(file.path),
      ).flatMap((name) => linesWith(file, new RegExp(`\\b${name}\\(`))),
      ...linesWith(file, /\b(insert into|update|delete from) (lines|journals|postings)\b/i),
    ]);
    expect(strangers).toEqual([]);
  });

  it('begins transactions only in app/, which owns every change of state', () => {
    const beginnings =
      /^(app\/|db\/(client|migrate|read-snapshot)\.ts$|bench\/|test\/|embedded\/|simulator\/)/;
    const found = CODE.filter(({ path }) => !beginnings.test(path)).flatMap((file) =>
      linesWith(file, /\.transaction\(/),
    );
    expect(found).toEqual([]);
  });

  it('keeps the money writers where these rules look for them', () => {
    for (const [writer, home] of Object.entries(MONEY_WRITERS)) {
      const file = CODE.find(({ path }) => path === home);
      expect(file?.text).toContain(`export async function ${writer}(`);
    }
  });
});

describe('the test tree', () => {
  it('never focuses a test, and skips one only where its title says why', () => {
    const held =
      /\b(it|test|describe|suite)\.(skip|only|todo|skipIf|runIf|fails)\b|\b[xf](it|describe)\(/;
    const saysWhy = /\.skipIf\(!HAS_REAL_FILES\)\(`[^`]*\$\{WHY_SKIPPED\}`/;
    const found = TESTS.flatMap((file) => linesWith(file, held));
    expect(found.filter((line) => !saysWhy.test(line))).toEqual([]);
  });
});

function linesWith({ path, text }: SourceFile, pattern: RegExp): readonly string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
}
