import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listSources, ROOT } from '../support/repository.ts';

/** Folders of tests of the whole, which have no counterpart in the product. */
const OF_THE_WHOLE = /^test\/(e2e|architecture)$/;
const SUPPORT = /^test\/(.+\/)?support\//;
/** A program of its own: `npm run mutants`. */
const MUTANTS = /^test\/mutants\//;

const FILES = listSources(['.ts', '.mjs']).filter(({ path: name }) => name.startsWith('test/'));
const TESTS = FILES.filter(({ path: name }) => name.endsWith('.test.ts'));
const CONFIG = listSources(['.ts']).find(({ path: name }) => name === 'vitest.config.ts');

/** The titles that a file writes, behind `it(` or the cases of `it.each(…)(`; those of `it.each` once. */
function titlesOf(text: string): readonly string[] {
  const titles = /(?:\bit\(|(?<!\bdescribe\.each.*)\)\()\s*(['"`])((?:\\.|(?!\1).)*)\1,/g;
  return [...text.matchAll(titles)].map(([, , title]) => title ?? '');
}
const TITLES = new Map(TESTS.map(({ path: name, text }) => [name, titlesOf(text)]));

/** Words that begin no guarantee: a title with one of them reads only behind its `describe`. */
const NO_VERB = /^(is|are|was|were|has|have|had|may|can|cannot|that|which|of|with|the|an?|no|not) /;

describe('test/', () => {
  it('keeps each test in the folder whose code it tests', () => {
    const lost = TESTS.filter(({ path: name }) => {
      const folder = path.posix.dirname(name);
      if (OF_THE_WHOLE.test(folder)) return false;
      return !existsSync(path.join(ROOT, path.posix.relative('test', folder)));
    });
    expect(TESTS.length).toBeGreaterThan(100);
    expect(lost.map(({ path: name }) => name)).toEqual([]);
  });

  it('keeps helpers in support folders, and tests out of them', () => {
    const wrong = FILES.filter(
      ({ path: name }) => !MUTANTS.test(name) && name.endsWith('.test.ts') === SUPPORT.test(name),
    );
    expect(wrong.map(({ path: name }) => name)).toEqual([]);
  });

  it('repeats no title within a file', () => {
    const twice = [...TITLES].flatMap(([name, titles]) =>
      titles
        .filter((title, index) => titles.indexOf(title) !== index)
        .map((title) => `${name}: ${title}`),
    );
    expect([...TITLES.values()].flat().length).toBeGreaterThan(1_400);
    expect(twice).toEqual([]);
  });

  it('begins each title with what the code does, so that it reads alone', () => {
    const fragments = [...TITLES].flatMap(([name, titles]) =>
      titles.filter((title) => NO_VERB.test(title)).map((title) => `${name}: ${title}`),
    );
    expect(fragments).toEqual([]);
  });
});

describe('vitest.config.ts', () => {
  it('runs every folder of test/ in one project', () => {
    const folders = [...(CONFIG?.text ?? '').matchAll(/include: \['test\/(\S+?)\/\*\*/g)].flatMap(
      ([, names = '']) => names.replace(/[{}]/g, '').split(','),
    );
    const found = new Set(TESTS.map(({ path: name }) => name.split('/')[1] ?? ''));
    expect(folders.toSorted()).toEqual([...found].toSorted());
  });

  it('lists as long exactly the files that count rounds', () => {
    const [, list = ''] = /const LONG = \[([^\]]*)\]/.exec(CONFIG?.text ?? '') ?? [];
    const named = [...list.matchAll(/'([^']+)'/g)].map(([, name]) => name ?? '');
    const counting = TESTS.filter(({ text }) => /\brounds\(\{/.test(text));
    expect(named.toSorted()).toEqual(counting.map(({ path: name }) => name).toSorted());
  });
});
