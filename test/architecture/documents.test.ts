import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../domain/errors.ts';
import { listSources, readRepositoryFile, readTable } from '../support/repository.ts';

const ERRORS = readRepositoryFile('docs/errors.md');
const SECTIONS = ERRORS.split('\n## ').slice(1);

describe('docs/errors.md', () => {
  it('contains one heading for each error code and no other, in order', () => {
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

describe('README.md', () => {
  it('stays short enough to read: 150 lines at most', () => {
    const lines = readRepositoryFile('README.md').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(150);
  });
});

describe('each decision record', () => {
  const records = listSources(['.md']).filter(({ path }) => /^docs\/decisions\/\d/.test(path));

  it('follows one form: number and title, status, context, decision, consequences', () => {
    const shapeOf = (text: string) => text.split('\n').filter((line) => /^#{1,2} /.test(line));
    const wrong = records.filter(({ path, text }) => {
      const [title = '', ...parts] = shapeOf(text);
      const number = /\/(\d{4})-/.exec(path)?.[1] ?? '';
      return (
        !new RegExp(`^# ${number}: [A-Z\`].+[^.]$`).test(title) ||
        parts.join() !== '## Status,## Context,## Decision,## Consequences'
      );
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('appears in the index, with its title and its status', () => {
    const [, ...rows] = readTable(readRepositoryFile('docs/decisions/README.md'), '## Index');
    const stated = records.map(({ path, text }) => {
      const [, number = '', title = ''] = /^# (\d{4}): (.+)$/m.exec(text) ?? [];
      const status = /^## Status\n\n(.+?)\.?$/m.exec(text)?.[1] ?? '';
      return [`[${number}](${path.replace('docs/decisions/', '')})`, title, status];
    });
    expect(rows).toEqual(stated);
  });
});

describe('the list of error codes', () => {
  it('contains no unused code', () => {
    const used = listSources(['.ts'])
      .filter(({ path }) => !/^(test\/|domain\/errors\.ts|api\/http-errors\.ts)/.test(path))
      .map(({ text }) => text)
      .join('\n');
    expect(ERROR_CODES.filter((code) => !used.includes(`'${code}'`))).toEqual([]);
  });
});

describe('each document, on its references,', () => {
  it('links only to existing files of the repository', () => {
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

  it('names in backticks only existing files and folders', () => {
    const paths = listSources(['']).map(({ path }) => path);
    const isThere = (name: string) =>
      paths.some((path) => path === name || path.startsWith(`${name.replace(/\/$/, '')}/`));
    const gone = listSources(['.md'])
      .filter(({ path }) => path !== 'CHANGELOG.md')
      .flatMap(({ path, text }) =>
        [...withoutFences(text).matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)]
          .map(([, name]) => name ?? '')
          .filter((name) => ROOMS.has(name.split('/')[0] ?? '') && !isThere(name))
          .filter((name) => !COMING.has(name))
          .map((name) => `${path}: ${name}`),
      );
    expect(gone).toEqual([]);
  });

  it('cites nothing that a reader does not have', () => {
    const cited = listSources(['.md', '.ts', '.mjs', '.sql', '.sh', '.yml'])
      .filter(({ path }) => path !== 'test/architecture/documents.test.ts')
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .flatMap((line, index) =>
            ABSENT.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
          ),
      );
    expect(cited).toEqual([]);
  });
});

/** Begins with release 0.1.0. */
const COMING: ReadonlySet<string> = new Set(['db/migrations/']);

/** Folders at the root: a path in backticks that begins with one of them names something of ours. */
const ROOMS: ReadonlySet<string> = new Set(
  listSources([''])
    .map(({ path }) => path.split('/'))
    .flatMap(([first = '', ...rest]) => (rest.length === 0 ? [] : [first])),
);

/** Documents and numberings that lie outside the repository. */
const ABSENT =
  /\b(design|style)\.md\b|\bthe design (named|says)\b|\brule \d|\(F\d+\)|aims promised|reference figures/;

function withoutFences(markdown: string): string {
  return markdown.replaceAll(/^```[^]*?^```$/gm, '');
}
