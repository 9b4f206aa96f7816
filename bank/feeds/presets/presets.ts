import { DEFAULT_FIELD_MAP, type JsonFieldMap } from '../../json/field-map.ts';
import { FNB } from './fnb.ts';
import { STANDARD_BANK } from './standard-bank.ts';

/** Built-in field maps, keyed by their `BANK_FIELD_MAP` name. */
export const FIELD_MAP_PRESETS: ReadonlyMap<string, JsonFieldMap> = new Map([
  ['default', DEFAULT_FIELD_MAP],
  ['standard-bank', STANDARD_BANK],
  ['fnb', FNB],
]);
