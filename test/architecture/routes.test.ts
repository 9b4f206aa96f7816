import { describe, expect, it } from 'vitest';
import { listSources, readRepositoryFile } from '../support/repository.ts';

const FOLDERS = /^api\/routes\/([a-z-]+)\/([a-z-]+)\.ts$/;
const FILES = listSources(['.ts']).flatMap(({ path, text }) => {
  const [, folder = '', file = ''] = FOLDERS.exec(path) ?? [];
  return path.startsWith('api/routes/') ? [{ path, folder, file, text }] : [];
});
const ENDPOINTS = FILES.flatMap((file) => {
  const [, operationId] = /operationId: '([A-Za-z]+)'/.exec(file.text) ?? [];
  return operationId === undefined ? [] : [{ ...file, operationId }];
});

describe('api/routes', () => {
  it('contains a folder for each resource, with an index that registers all of its endpoints', () => {
    expect(FILES.filter(({ folder }) => folder === '')).toEqual([]);
    expect(ENDPOINTS.length).toBeGreaterThan(50);
    const forgotten = ENDPOINTS.filter(({ folder, file }) => {
      const index = FILES.find((each) => each.folder === folder && each.file === 'index');
      return !new RegExp(`\\{ (\\w+) \\} from './${file}\\.ts';[^]*\\b\\1\\(`).test(
        index?.text ?? '',
      );
    });
    expect(forgotten.map(({ path }) => path)).toEqual([]);
  });

  it('gives build-app only folders to register', () => {
    const imported = [
      ...readRepositoryFile('api/build-app.ts').matchAll(/from '\.\/routes\/([^']+)'/g),
    ].map(([, target]) => target);
    const folders = new Set(FILES.map(({ folder }) => `${folder}/index.ts`));
    expect(imported).toEqual([...folders]);
  });

  it('keeps one endpoint in a file', () => {
    const many = FILES.filter(
      ({ text }) => (text.match(/\bapp\.route\(|operationId: /g) ?? []).length > 2,
    );
    expect(many.map(({ path }) => path)).toEqual([]);
  });

  it('tags each endpoint with its folder', () => {
    const foreign = FILES.flatMap(({ path, folder, text }) =>
      [...text.matchAll(/tags: \['([^']+)'\]/g)]
        .filter(([, tag]) => tag !== folder)
        .map(([, tag]) => `${path}: ${String(tag)}`),
    );
    expect(foreign).toEqual([]);
  });

  it('names each file by the words of its operationId, without the resource', () => {
    const misnamed = ENDPOINTS.filter(({ file, operationId }) => {
      const words = operationId.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      const wanted = file === 'decide-many' ? ['decide'] : file.split('-');
      return words.split(' ')[0] !== wanted[0] || !wanted.every((each) => words.includes(each));
    });
    expect(misnamed.map(({ path, operationId }) => `${path}: ${operationId}`)).toEqual([]);
  });
});
