import { uuidv7 } from 'uuidv7';

/** Prefix of each kind of id, so that a person can tell what an id names. */
const PREFIXES = {
  wallet: 'wal',
  deposit: 'dep',
  run: 'run',
  decision: 'dec',
  returnExport: 'rex',
  statementFile: 'stf',
  apiKey: 'key',
  spend: 'spd',
  claim: 'clm',
} as const;

/** A new time-ordered id, e.g. `wal_019ab3…`: 32 hexadecimal digits after the prefix. */
export function newId(kind: keyof typeof PREFIXES): string {
  return `${PREFIXES[kind]}_${uuidv7().replaceAll('-', '')}`;
}
