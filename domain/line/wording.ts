import type { CustomerCode } from '../reference/customer-code.ts';
import { normaliseReference, readReferences } from '../reference/reference.ts';

/** Shorter texts do not prove that one is a form of another. */
const FORM_CHARS_MIN = 6;

/** What a row or line says, as far as identity goes. */
export interface Wording {
  /** The one code that it names; null where it names none or several. */
  readonly code: CustomerCode | null;
  /** The text in the facts key. */
  readonly text: string;
}

/** Reads each row's or line's texts once. */
export function createReader(): (said: { readonly references: readonly string[] }) => Wording {
  const known = new Map<object, Wording>();
  return (said) => {
    const before = known.get(said);
    if (before !== undefined) return before;
    const reading = readReferences(said.references);
    const wording = {
      code: reading.kind === 'exact' ? reading.code : null,
      text: normaliseReference(said.references[0] ?? ''),
    };
    known.set(said, wording);
    return wording;
  };
}

/** True if one text is the other with something before or after it: banks cut texts and put their own words around them. */
export function isFormOf(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.length >= FORM_CHARS_MIN && long.includes(short);
}
