import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../domain/errors.ts';
import { listSources, readRepositoryFile } from '../support/repository.ts';

const ERRORS = readRepositoryFile('docs/errors.md');
const SECTIONS = ERRORS.split('\n## ').slice(1);

describe('docs/errors.md', () => {
  it('has one heading for each error code and no other, in order', () => {
    expect(SECTIONS.map((section) => section.split('\n')[0])).toEqual([...ERROR_CODES]);
  });

  it('says for each code what happened and what to do', () => {
    const silent = SECTIONS.filter(
      (section) =>
        !/\*\*What happened\.\*\* \S/.test(section) || !/\*\*What to do\.\*\* \S/.test(section),
    );
    expect(silent).toEqual([]);
  });
});

describe('the list of error codes', () => {
  it('holds no code that nothing uses', () => {
    const used = listSources(['.ts'])
      .filter(({ path }) => !/^(test\/|domain\/errors\.ts|api\/http-errors\.ts)/.test(path))
      .map(({ text }) => text)
      .join('\n');
    expect(ERROR_CODES.filter((code) => !used.includes(`'${code}'`))).toEqual([]);
  });
});

describe('the documents', () => {
  it('link only to files of the repository that are there', () => {
    const documents = listSources(['.md']);
    const paths = new Set(listSources(['']).map(({ path }) => path));
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target]) => new URL(target ?? '', `file:///${path}`).pathname.slice(1))
        .filter(
          (target) =>
            !paths.has(target) &&
            ![...paths].some((each) => each.startsWith(`${target.replace(/\/$/, '')}/`)),
        )
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
