/** A random secret of any usual alphabet has more different characters than this, and changes between kinds more often. */
const DIFFERENT_MIN = 10;
const CHARACTERS_PER_CHANGE_MAX = 6;
const REPEATED_SHARE_MAX = 0.25;

/** How to make one that is not weak. */
export const NEW_SECRET = 'make one with `openssl rand -hex 24`';

/**
 * Why a secret can be guessed; null if it looks random. It cannot measure chance: it finds what people write instead of
 * it, such as one character, repeated words, sentences and keyboard rows.
 */
export function secretWeakness(secret: string): string | null {
  const text = secret.replace(/^whsec_/, '');
  if (new Set(text).size < DIFFERENT_MIN) return 'has few different characters';
  if (repeatedShare(text) > REPEATED_SHARE_MAX) return 'repeats itself';
  if (stepShare(text) > 0.5) return 'counts up or down';
  // Words, also with a year at their end, stay in one kind of character for long; a random text does not.
  const letters = text
    .replace(/[^A-Za-z0-9]/g, '')
    .replaceAll(/[A-Z](?=[a-z])/g, (capital) => capital.toLowerCase());
  if (changesOfKind(letters) * CHARACTERS_PER_CHANGE_MAX < letters.length)
    return 'consists of words, not of random characters';
  return null;
}

/** The share of triples that stood before. */
function repeatedShare(text: string): number {
  const triples = Array.from({ length: Math.max(text.length - 2, 0) }, (_, at) =>
    text.slice(at, at + 3).toLowerCase(),
  );
  return triples.length === 0 ? 0 : 1 - new Set(triples).size / triples.length;
}

/** The share of neighbours that follow each other in the alphabet, in either direction. */
function stepShare(text: string): number {
  const steps = Array.from(text.slice(1), (character, at) =>
    Math.abs(character.charCodeAt(0) - text.charCodeAt(at)),
  );
  return steps.filter((step) => step === 1).length / Math.max(steps.length, 1);
}

function changesOfKind(text: string): number {
  const kinds = Array.from(text, (character) =>
    /[0-9]/.test(character) ? 'digit' : /[a-z]/.test(character) ? 'lower' : 'upper',
  );
  return kinds.slice(1).filter((kind, at) => kind !== kinds[at]).length;
}
