import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { CodedError } from '../../domain/errors.ts';

async function faultOf(file: string): Promise<string> {
  try {
    await readFile(file);
  } catch (error) {
    return explain(error);
  }
  throw new Error('The file was read.');
}

describe('what a command says when it cannot go on', () => {
  it('names the file that is not there, without the words of the operating system', async () => {
    const file = path.join(os.tmpdir(), 'no-such-statement.sta');
    expect(await faultOf(file)).toBe(`There is no file ${file}`);
  });

  it('says of a folder that it is none', async () => {
    expect(await faultOf(os.tmpdir())).toBe('A folder is not a file that could be read.');
  });

  it('carries the code that docs/errors.md explains', () => {
    expect(explain(new CodedError('statement.unknown_format', 'It is in no format.'))).toBe(
      'It is in no format. [statement.unknown_format, see docs/errors.md]',
    );
  });
});
