import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../db/queries/verify/verify.ts';
import { listSources, readRepositoryFile } from '../support/repository.ts';

/** Wrapped lines joined again: a sentence or a list item is one line. */
const PAGE = readRepositoryFile('docs/invariants.md').replaceAll(
  /([^\n|])\n {0,2}(?=[A-Za-z`(])/g,
  '$1 ',
);
const SCHEMA = readRepositoryFile('db/schema.sql');
const SOURCES = listSources(['.ts']);
const PATHS = new Set(SOURCES.map(({ path }) => path));
const PRODUCT = SOURCES.filter(({ path }) => !path.startsWith('test/'));

/** One section of the page: its check, its sentence and the three lists below it. */
const SECTIONS = PAGE.split('\n### ')
  .slice(1)
  .map((section) => ({
    id: /^`(.+)`\n/.exec(section)?.[1] ?? '',
    sentence: section.split('\n')[2] ?? '',
    decides: /^- \*\*Decides:\*\* (.+)$/m.exec(section)?.[1] ?? '',
    refuses: /^- \*\*Refuses:\*\* (.+)$/m.exec(section)?.[1] ?? '',
    proved: /^- \*\*Proved by:\*\* (.+)$/m.exec(section)?.[1] ?? '',
  }));

/** Checks of rows, and those of files outside the database, which are written beside their code. */
const KNOWN = new Map([
  ...CHECKS.map(({ id, title }) => [id, title] as const),
  ...PRODUCT.filter(({ path }) => !path.endsWith('-checks.ts')).flatMap(({ text }) =>
    [...text.matchAll(/\bid: '(I\d+ [a-z]+)',\s+title:\s+'([^']+)'/g)].map(
      ([, id, title]) => [id ?? '', title ?? ''] as const,
    ),
  ),
]);

const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
/** Names of the database: they have an underscore. */
const inDatabase = (text: string) => quoted(text).filter((name) => /^[a-z]+(_[a-z]+)+$/.test(name));
const isInSchema = (name: string) =>
  new RegExp(
    `\\b(CONSTRAINT|TRIGGER|INDEX) ${name}\\b|FUNCTION public\\.${name}\\(|by ${name}\\b`,
  ).test(SCHEMA);

describe('docs/invariants.md', () => {
  it('contains one section for each check of verify and no other, with the sentence that verify prints', () => {
    const shown = SECTIONS.map(({ id, sentence }) => [id, sentence] as const);
    expect(new Map(shown)).toEqual(KNOWN);
    expect(shown).toHaveLength(KNOWN.size);
  });

  it('says for each invariant who decides, who refuses and what proves it', () => {
    const silent = SECTIONS.filter(
      ({ decides, refuses, proved }) => decides === '' || refuses === '' || proved === '',
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('names functions that are defined in the files that it names', () => {
    const missing = PAGE.split('\n').flatMap((line) =>
      [...line.matchAll(/((?:`\w+`(?:, | and )?)+) \(`([\w/.-]+\.ts)`\)/g)].flatMap(
        ([, names = '', path = '']) => {
          const text = SOURCES.find((source) => source.path === path)?.text ?? '';
          return quoted(names)
            .filter((name) => !new RegExp(`\\bfunction ${name}\\b`).test(text))
            .map((name) => `${name} in ${path}`);
        },
      ),
    );
    expect(missing).toEqual([]);
    expect(PAGE.match(/\(`[\w/.-]+\.ts`\)/g)?.length).toBeGreaterThan(30);
  });

  it('names constraints, triggers and functions that the schema has', () => {
    const named = SECTIONS.flatMap(({ decides, refuses }) => inDatabase(`${decides} ${refuses}`));
    expect([...new Set(named)].filter((name) => !isInSchema(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(60);
  });

  it('names test files that exist', () => {
    const named = SECTIONS.flatMap(({ proved }) => quoted(proved));
    const files = new Set([...PATHS].map((path) => path.split('/').at(-1)));
    expect([...new Set(named)].filter((name) => !files.has(name))).toEqual([]);
  });
});
