import type { Sighting } from './sighting.ts';

/**
 * Every text of a line that may name a customer, in order of trust: what the payer typed, then the bank's own wording,
 * which at some banks is the only field with the payer's text. Empty texts are left out.
 */
export function lineTexts(line: Pick<Sighting, 'references' | 'text'>): readonly string[] {
  return [...line.references, line.text].filter((text) => text.trim() !== '');
}
