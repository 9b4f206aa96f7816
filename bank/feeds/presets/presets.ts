import { DEFAULT_FIELD_MAP, type JsonFieldMap } from '../../json/field-map.ts';
import { FNB } from './fnb.ts';
import { STANDARD_BANK } from './standard-bank.ts';

/** Field maps that come with Purser, by the name that `BANK_FIELD_MAP` takes. */
export const FIELD_MAP_PRESETS: ReadonlyMap<string, JsonFieldMap> = new Map([
  ['default', DEFAULT_FIELD_MAP],
  ['standard-bank', STANDARD_BANK],
  ['fnb', FNB],
]);
