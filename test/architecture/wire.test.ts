import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Activities } from '../../activities/index.ts';
import type * as contract from '../../workflows/contract.ts';
import type * as workflows from '../../workflows/index.ts';
import { listSources } from '../support/repository.ts';

/** Whether a value of `T` survives JSON unchanged. */
type IsWireSafe<T> = [T] extends [contract.WireSafe<T>] ? true : false;

/** Names under which money, free text or people would cross Temporal. */
type PrivateKey =
  | `${string}Minor`
  | `${string}${'amount' | 'Amount'}${string}`
  | 'counterparty'
  | 'name'
  | 'reference'
  | 'references'
  | 'text'
  | 'texts';

type KeysOf<T> = T extends readonly (infer Item)[]
  ? KeysOf<Item>
  : T extends object
    ? { [Key in keyof T & string]: Key | KeysOf<T[Key]> }[keyof T & string]
    : never;

type Calls = Activities & typeof workflows;
/** What goes in and, where anything does, comes out of each activity and workflow. */
type Payloads = {
  [Name in keyof Calls]:
    Parameters<Calls[Name]>[0] | Exclude<Awaited<ReturnType<Calls[Name]>>, void>;
};
type Unsafe = {
  [Name in keyof Payloads]: IsWireSafe<Payloads[Name]> extends true ? never : Name;
}[keyof Payloads];
type Telling = {
  [Name in keyof Payloads]: Extract<KeysOf<Payloads[Name]>, PrivateKey> extends never
    ? never
    : Name;
}[keyof Payloads];

/** Checked by `npm run types`: these lines do not compile once a payload carries what it must not. */
describe('payloads of activities and workflows', () => {
  it('survive JSON unchanged', () => {
    expectTypeOf<Unsafe>().toEqualTypeOf<never>();
    expectTypeOf<IsWireSafe<{ readonly at: Date }>>().toEqualTypeOf<false>();
    expectTypeOf<IsWireSafe<{ readonly minor: readonly bigint[] }>>().toEqualTypeOf<false>();
    expectTypeOf<IsWireSafe<{ readonly ids: readonly string[] }>>().toEqualTypeOf<true>();
  });

  it('name no money, no reference text and no person', () => {
    expectTypeOf<Telling>().toEqualTypeOf<never>();
    expectTypeOf<
      Extract<KeysOf<{ readonly rows: readonly { readonly amountMinor: string }[] }>, PrivateKey>
    >().toEqualTypeOf<'amountMinor'>();
  });

  it('are typed in the contract, which has nothing to run but names and ids', () => {
    const source = listSources(['.ts']).find(({ path }) => path === 'workflows/contract.ts');
    expect(source?.text).toMatch(/export type WireSafe/);
    expect(source?.text).not.toMatch(/^import /m);
  });
});
