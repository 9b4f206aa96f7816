import { beforeAll, describe, expect, it } from 'vitest';
import { readRepositoryFile } from '../support/repository.ts';
import { readTypes } from './support/read-type.ts';

const ASKED = {
  calls: 'payloads.CallNames',
  unsafe: 'payloads.Unsafe',
  telling: 'payloads.Telling',
  date: 'payloads.IsWireSafe<{ readonly at: Date }>',
  bigint: 'payloads.IsWireSafe<{ readonly minor: readonly bigint[] }>',
  ids: 'payloads.IsWireSafe<{ readonly ids: readonly string[] }>',
  money: 'payloads.PrivateKeysOf<{ readonly rows: readonly { readonly amountMinor: string }[] }>',
} as const;

const found = new Map<string, string>();
beforeAll(() => {
  const printed = readTypes(Object.values(ASKED));
  Object.keys(ASKED).forEach((name, index) => found.set(name, printed[index] ?? ''));
});

describe('the payload of every activity and workflow', () => {
  it('survives JSON unchanged', () => {
    expect(found.get('calls')).toContain('"creditWallet"');
    expect(found.get('unsafe')).toBe('never');
  });

  it('names no money, no reference text and no person', () => {
    expect(found.get('telling')).toBe('never');
  });

  it('takes its types from a contract that runs no other file', () => {
    const contract = readRepositoryFile('workflows/contract.ts');
    expect(contract).toMatch(/export type WireSafe/);
    expect(contract).not.toMatch(/^import (?!type )/m);
  });
});

describe('the check of payloads', () => {
  it('distinguishes a Date and a bigint from ids', () => {
    expect(found.get('date')).toBe('false');
    expect(found.get('bigint')).toBe('false');
    expect(found.get('ids')).toBe('true');
  });

  it('finds an amount in a list in an object', () => {
    expect(found.get('money')).toBe('"amountMinor"');
  });
});
