import type { Activities } from '../../../activities/index.ts';
import type * as contract from '../../../workflows/contract.ts';
import type * as workflows from '../../../workflows/index.ts';

/** Whether a value of `T` survives JSON unchanged. */
export type IsWireSafe<T> = [T] extends [contract.WireSafe<T>] ? true : false;

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

/** The names in `T`, at any depth, that must not cross Temporal. */
export type PrivateKeysOf<T> = Extract<KeysOf<T>, PrivateKey>;

type Calls = Activities & typeof workflows;
/** The input and, where there is one, the output of each activity and workflow. */
type Payloads = {
  [Name in keyof Calls]:
    Parameters<Calls[Name]>[0] | Exclude<Awaited<ReturnType<Calls[Name]>>, void>;
};

/** How many activities and workflows there are to look at: an empty list would be safe as well. */
export type CallNames = keyof Payloads;

/** Activities and workflows whose payloads JSON would change. */
export type Unsafe = {
  [Name in keyof Payloads]: IsWireSafe<Payloads[Name]> extends true ? never : Name;
}[keyof Payloads];

/** Activities and workflows whose payloads name money, text or people. */
export type Telling = {
  [Name in keyof Payloads]: PrivateKeysOf<Payloads[Name]> extends never ? never : Name;
}[keyof Payloads];
