/** Separated texts of one line: field 86 comes as subfields, codes between slashes, SEPA keywords, or free text. */
export interface Mt940Texts {
  /** Most trusted first, blanks collapsed; a text broken over lines appears joined without a blank and with one. */
  readonly references: readonly string[];
  readonly name: string | null;
  readonly account: string | null;
}

const LINE_WIDTH = 65;
const SUBFIELD_WIDTH = 27;
/** Splits a text at its keywords, which stay between the values. */
const KEYWORD = /\b(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC)\+/;
/** Key of the text before the first name. */
const BEFORE = '';
/** A space at either end, two in a row, or any other white space. */
const UNEVEN = /^\s|\s$|\s\s|[^\S ]/;
const CODES = new Set(
  (
    'ACCW ADDR BBAN BENM BIC BO BUSP CDTRREF CDTRREFTP CLRC CNTP COAM CREF CSID EREF EXCH IBAN ID IREF ISDT ISSR MARF NAME NRTX OCMT ORCR ORDP ' +
    'PREF PURP REF REMI RTRN SVCL SWOD TRCD TRTP ULTB ULTC ULTD UDTR UCRD'
  ).split(' '),
);

/** Start of the first subfield of field 86. Most banks write `?`; every separator but `+` may lack the code before it. */
const SUBFIELDS = /^\s*(?:[0-9]{0,3}([?>~<^])|[0-9]{3}(\+))[0-9]{2}/;
const AT_SUBFIELD = new Map(
  ['?', '>', '~', '<', '^', '+'].map((each) => [each, new RegExp(`\\${each}(?=[0-9]{2})`)]),
);

/** @param lines lines of field 86, as written */
export function readTexts(lines: readonly string[]): Mt940Texts {
  const joined = lines.join('');
  const match = SUBFIELDS.exec(joined);
  const beginning = AT_SUBFIELD.get(match?.[1] ?? match?.[2] ?? '');
  if (beginning !== undefined) return readSubfields(joined, beginning);
  if (/^\s*\/[A-Z]{2,9}\//.test(joined)) return readCodes(lines);
  if (hasKeyword(joined)) return fromKeywords(joinings(lines, LINE_WIDTH));
  return { references: joinings(lines, LINE_WIDTH), name: null, account: null };
}

/**
 * `?20` to `?29` and `?60` to `?63` hold the payer's text, `?32` and `?33` the name, `?31` the account. Some banks write all
 * text into `?00`. A separator that starts no subfield is part of the text.
 */
function readSubfields(joined: string, beginning: RegExp): Mt940Texts {
  const written: string[] = [];
  let booking = '';
  let name = '';
  let account: string | null = null;
  for (const part of joined.split(beginning).slice(1)) {
    const code = part.slice(0, 2);
    const value = part.slice(2);
    if (/^(?:2[0-9]|6[0-3])$/.test(code)) {
      if (value.trim() !== '') written.push(value);
    } else if (code === '00') booking += value;
    else if (code === '32' || code === '33') name += value;
    else if (code === '31' || code === '38') account ??= value;
  }
  const texts = joinings(written.length === 0 ? [booking] : written, SUBFIELD_WIDTH);
  return {
    references: texts.some(hasKeyword) ? fromKeywords(texts).references : texts,
    name: orNull(name),
    account: orNull(account ?? ''),
  };
}

/**
 * Reads field NS, which some banks write instead of field 86: `01` to `14` hold the payer's text, `15` and `16` the name,
 * and a line without such a number continues the one before it. The numbers are removed from the texts, where they would
 * look like digits of a code.
 */
export function readNonSwift(
  lines: readonly string[],
): Mt940Texts & { readonly text: readonly string[] } {
  const written: string[] = [];
  const name: string[] = [];
  const others: string[] = [];
  let part = written;
  for (const line of lines) {
    const match = /^([0-9]{2})(.*)$/s.exec(line);
    if (match !== null) part = partOf(Number(match[1]));
    part.push(match?.[2] ?? line);
  }
  return {
    references: joinings(written, SUBFIELD_WIDTH),
    name: orNull(name.join(' ')),
    account: null,
    text: [written.join('\n'), ...name, ...others].filter((each) => each.trim() !== ''),
  };

  function partOf(code: number): string[] {
    if (code >= 1 && code <= 14) return written;
    return code === 15 || code === 16 ? name : others;
  }
}

/** `/REMI/…/NAME/…`: a code ends where the next known code begins, since values contain slashes too. */
function readCodes(lines: readonly string[]): Mt940Texts {
  const values = new Map<string, string[]>();
  for (const text of joinings(lines, LINE_WIDTH)) {
    let code = '';
    let value = '';
    for (const part of text.split('/')) {
      if (CODES.has(part)) {
        keep(values, code, value);
        [code, value] = [part, ''];
      } else value += value === '' ? part : ` ${part}`;
    }
    keep(values, code, value);
  }
  const written = inOrder(values, ['REMI', 'CDTRREF', 'EREF', 'PREF', 'CREF']);
  return {
    references: written.length > 0 ? referencesAmong(written) : joinings(lines, LINE_WIDTH),
    name: inOrder(values, ['NAME', 'ORDP'])[0] ?? null,
    account: inOrder(values, ['IBAN', 'BBAN'])[0] ?? null,
  };
}

/** `SVWZ+` holds the payer's text, `EREF+` the end-to-end id. */
function fromKeywords(texts: readonly string[]): Mt940Texts {
  const values = new Map<string, string[]>();
  for (const text of texts) {
    // Names and values alternate after the text before the first name.
    const [before = '', ...parts] = text.split(KEYWORD);
    if (parts.length > 0) keep(values, BEFORE, before);
    // If one text has a name twice, the last one counts.
    const last = new Map<string, string>();
    for (let index = 0; index < parts.length; index += 2)
      last.set(parts[index] ?? '', parts[index + 1] ?? '');
    for (const [name, value] of last) keep(values, name, value);
  }
  return {
    references: referencesAmong(inOrder(values, ['SVWZ', 'EREF', 'KREF', BEFORE])),
    name: values.get('ABWA')?.[0] ?? null,
    account: values.get('IBAN')?.[0] ?? null,
  };
}

function keep(values: Map<string, string[]>, name: string, text: string): void {
  const value = squeeze(text);
  if (value === '') return;
  const kept = values.get(name);
  if (kept === undefined) values.set(name, [value]);
  else if (!kept.includes(value)) kept.push(value);
}

function inOrder(
  values: ReadonlyMap<string, readonly string[]>,
  names: readonly string[],
): readonly string[] {
  const found: string[] = [];
  for (const name of names) {
    const of = values.get(name);
    if (of !== undefined) found.push(...of);
  }
  return found;
}

/**
 * Lines break inside words and codes: a full line continues without a blank, a shorter one ends a word. Banks do not follow
 * that reliably, so the other joining comes second.
 */
function joinings(parts: readonly string[], width: number): readonly string[] {
  const joined = squeeze(parts.join(''));
  if (parts.length < 2) return joined === '' ? [] : [joined];
  const spaced = squeeze(parts.join(' '));
  let likely = parts[0] ?? '';
  let fullLines = 0;
  for (let index = 1; index < parts.length; index += 1) {
    const isFull = (parts[index - 1] ?? '').length >= width;
    if (isFull) fullLines += 1;
    likely += isFull ? (parts[index] ?? '') : ` ${parts[index] ?? ''}`;
  }
  if (fullLines === 0) return unique([spaced, joined]);
  return unique([squeeze(likely), joined, spaced]);
}

function referencesAmong(texts: readonly string[]): readonly string[] {
  return unique(texts.filter(isReference));
}

function isReference(text: string): boolean {
  return !/^(?:NOTPROVIDED|NONREF)$/i.test(text);
}

function hasKeyword(text: string): boolean {
  return text.includes('+') && KEYWORD.test(text);
}

function squeeze(text: string): string {
  // Most texts are even already, and the test is cheaper than a rewrite.
  return UNEVEN.test(text) ? text.replace(/\s+/g, ' ').trim() : text;
}

function orNull(text: string): string | null {
  const plain = squeeze(text);
  return plain === '' ? null : plain;
}

/** Distinct texts, without empty ones. */
function unique(texts: readonly string[]): readonly string[] {
  return texts.filter((text, index) => text !== '' && texts.indexOf(text) === index);
}
