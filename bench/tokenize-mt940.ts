const TAG = /^:([0-9]{2}[A-Z]?):/;
/** Value date, entry date, mark, funds code, amount, type, customer reference, bank reference. */
const FIELD_61 =
  /^([0-9]{6})([0-9]{4})?(RC|RD|EC|ED|C|D)([A-Z])?([0-9]+,[0-9]*)([NFS][A-Z0-9]{3})(.*?)(?:\/\/(.*))?$/;
const SUBFIELDS = /\?([0-9]{2})([^?]*)/g;
const CODES = /\/([A-Z]{2,9})\/([^/]*)/g;

/** Receives one field: its tag and its subfields, alternating names and values where they have names. */
export type TellField = (tag: string, parts: readonly (string | undefined)[]) => void;

/**
 * A bare MT940 tokenizer, the counterpart of saxes for XML. It decodes, splits lines, finds tags, joins the lines of a field
 * and splits fields 61 and 86 by the specification's expressions. It makes no amounts, dates or lines, and proves nothing.
 */
export async function tokenizeMt940(
  chunks: AsyncIterable<Uint8Array>,
  tell: TellField,
): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let tag = '';
  let value = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const match = TAG.exec(line);
      if (match === null) {
        if (line !== '-') value += `\n${line}`;
        continue;
      }
      if (tag !== '') tell(tag, partsOf(tag, value));
      tag = match[1] ?? '';
      value = line.slice(match[0].length);
    }
  }
  if (tag !== '') tell(tag, partsOf(tag, value));
}

function partsOf(tag: string, value: string): readonly (string | undefined)[] {
  if (tag === '61') {
    const [first = '', ...supplement] = value.split('\n');
    return [...(FIELD_61.exec(first) ?? []), ...supplement];
  }
  if (tag !== '86') return [value];
  const text = value.replaceAll('\n', '');
  if (/^[0-9]{3}\?/.test(text)) return namedParts(text, SUBFIELDS);
  if (text.startsWith('/')) return namedParts(text, CODES);
  return [text];
}

function namedParts(text: string, pattern: RegExp): readonly (string | undefined)[] {
  return [...text.matchAll(pattern)].flatMap(([, name, value]) => [name, value]);
}
