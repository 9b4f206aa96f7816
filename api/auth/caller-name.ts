import { CodedError } from '../../domain/errors.ts';

/**
 * The letters that a name of a person or of a caller may have. Alphabets hold many letters that look alike, and marks
 * that nobody sees: a name in ASCII is what it looks like, but for the few that the database compares (`name_form`).
 */
const NAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/;

/**
 * Reads the name of a person or of a caller, in one spelling: lower case.
 * @throws CodedError `config.invalid` naming the option that gave it.
 */
export function readCallerName(text: string, option: string): string {
  // Before lower case: it makes an ASCII letter of the Kelvin sign.
  const name = /^[ -~]*$/.test(text) ? text.trim().toLowerCase() : '';
  if (NAME.test(name)) return name;
  throw new CodedError(
    'config.invalid',
    `A name has 1 to 64 letters a to z, digits and . _ @ -, and begins with a letter or digit: choose another one (${option}).`,
  );
}
