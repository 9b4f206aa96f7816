import { readFileSync } from 'node:fs';
import { parseCsvProfile } from '../bank/statements/csv/csv-profile.ts';
import type { ParseOptions } from '../bank/statements/parse-statement-file.ts';
import { CodedError } from '../domain/errors.ts';

/** Your hints for a file whose content does not show its format. */
export interface ParseFileOptions {
  readonly format?: string;
  /** A JSON file that declares a CSV layout. */
  readonly profile?: string;
}

/** @throws CodedError `config.invalid` if the profile is unreadable or has faults */
export function parseOptionsOf({ format, profile }: ParseFileOptions): ParseOptions {
  return {
    ...(format === undefined ? {} : { format }),
    ...(profile === undefined ? {} : { profile: parseCsvProfile(readJson(profile)) }),
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw new CodedError('config.invalid', `The CSV profile ${file} cannot be used: ${why}.`);
  }
}
