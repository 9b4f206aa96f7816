import { describe, expect, it } from 'vitest';
import { listSources, type SourceFile } from './repository.ts';

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
    where: /^(domain\/(?!local-date)|bank\/|db\/|activities\/|workflows\/)/,
    instead: 'bigint minor units and domain/money-text.ts',
  },
  {
    words: /\bNumber\([^)]*([mM]inor|[aA]mount|[cC]redits)/,
    where: /^(domain|bank|db|activities|workflows|worker|api|cli)\//,
    instead: 'bigint all the way, digits as text at the edge',
  },
  {
    words: /\b(Date\.now|Math\.random|new Date)\(\)?/,
    where: /^domain\/(?!local-date|poll-window)/,
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
    where: /^(domain|bank|db\/(?!dump)|activities|workflows|worker|api)\//,
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
    where: /^(db|activities|api|worker|cli)\//,
    instead: 'the columns by name',
  },
] as const;

/** The ways to write money rows, and the queries that hold them. */
const MONEY_WRITERS = {
  insertLines: 'db/queries/capture.ts',
  postJournals: 'db/queries/settlement.ts',
  openReviews: 'db/queries/reviews.ts',
} as const;
/** A customer spends in the request itself, with no workflow behind it: this query alone writes a journal for the API. */
const SPENDING = 'db/queries/spending.ts';
const MONEY_FUNCTIONS = ['capture_lines', 'post_journals', 'open_reviews'];

describe('the sources', () => {
  it('have no file over 300 lines', () => {
    const long = CODE.filter(({ text }) => text.trimEnd().split('\n').length > LINES_MAX);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('hold no banned word', () => {
    const found = CODE.flatMap((file) =>
      BANNED.filter(({ where }) => where.test(file.path)).flatMap(({ words, instead }) =>
        linesWith(file, words).map((place) => `${place}: write ${instead}`),
      ),
    );
    expect(found).toEqual([]);
  });

  it('read the environment only where a process begins', () => {
    const beginnings =
      /^(cli\/|embedded\/|simulator\/main\.ts$|bench\/|test\/|vitest\.config\.ts$|eslint\.config\.js$)/;
    const found = CODE.filter(({ path }) => !beginnings.test(path)).flatMap((file) =>
      linesWith(file, /\bprocess\.env\b/),
    );
    expect(found).toEqual([]);
  });

  it('write money rows from activities alone', () => {
    const product = CODE.filter(({ path }) => !path.startsWith('test/'));
    const strangers = product.flatMap((file) => [
      ...Object.entries(MONEY_WRITERS)
        .filter(
          ([writer, home]) =>
            file.path !== home &&
            !file.path.startsWith('activities/') &&
            !(writer === 'postJournals' && file.path === SPENDING),
        )
        .flatMap(([writer]) => linesWith(file, new RegExp(`\\b${writer}\\b`))),
      ...MONEY_FUNCTIONS.filter(
        () => !Object.values<string>(MONEY_WRITERS).includes(file.path),
      ).flatMap((name) => linesWith(file, new RegExp(`\\b${name}\\(`))),
      ...linesWith(file, /\b(insert into|update|delete from) (lines|journals|postings)\b/i),
    ]);
    expect(strangers).toEqual([]);
  });

  it('still have the money writers where these rules look for them', () => {
    for (const [writer, home] of Object.entries(MONEY_WRITERS)) {
      const file = CODE.find(({ path }) => path === home);
      expect(file?.text).toContain(`export async function ${writer}(`);
    }
  });
});

describe('the tests', () => {
  it('are never skipped and never focused', () => {
    const held =
      /\b(it|test|describe|suite)\.(skip|only|todo|skipIf|runIf|fails)\b|\b[xf](it|describe)\(/;
    expect(TESTS.flatMap((file) => linesWith(file, held))).toEqual([]);
  });

  it('have a title of their own within their file', () => {
    const twice = TESTS.flatMap(({ path, text }) => {
      const titles = [...text.matchAll(/\b(?:it|test)\(\s*(['"`])(.*?)\1/gs)].map(
        ([, , title]) => title ?? '',
      );
      return titles
        .filter((title, index) => titles.indexOf(title) !== index)
        .map((title) => `${path}: ${title}`);
    });
    expect(twice).toEqual([]);
  });
});

function linesWith({ path, text }: SourceFile, pattern: RegExp): readonly string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
}
