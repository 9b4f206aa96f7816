import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DrizzleQueryError } from 'drizzle-orm';
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

describe('the sentence of a failed command', () => {
  it('names the missing file, without the words of the operating system', async () => {
    const file = path.join(os.tmpdir(), 'no-such-statement.sta');
    expect(await faultOf(file)).toBe(`File not found: ${file}`);
  });

  it('says that a folder is not a file', async () => {
    expect(await faultOf(os.tmpdir())).toBe('This is a folder, not a file.');
  });

  it('carries the code that docs/errors.md explains', () => {
    expect(explain(new CodedError('statement.unknown_format', 'It is in no format.'))).toBe(
      'It is in no format. [statement.unknown_format, see docs/errors.md]',
    );
  });

  it.each([
    ['a cause that the database gave', { severity: 'ERROR', code: '42P01' }, 'not_migrated'],
    ['a cause of another kind', {}, 'unexpectedly'],
  ])('quotes no statement and no parameter of a failed query with %s', (_, fields, said) => {
    const cause = Object.assign(new Error('relation "wallets" does not exist'), fields);
    const sentence = explain(
      new DrizzleQueryError('select "name" from "wallets" where id = $1', ['secret'], cause),
    );
    expect(sentence).toContain(said);
    expect(sentence).not.toMatch(/select|secret|relation|Failed query/);
  });
});
