/** What the texts of one line say, apart: field 86 comes as subfields, as codes between slashes, as SEPA keywords, or free. */
export interface Mt940Texts {
  /** In order of trust, blanks collapsed; a text that breaks over lines stands joined without and with a blank. */
  readonly references: readonly string[];
  readonly name: string | null;
  readonly account: string | null;
}

const LINE_WIDTH = 65;
const SUBFIELD_WIDTH = 27;
const KEYWORDS = /\b(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC)\+/g;
const CODES = new Set(
  (
    'ACCW ADDR BBAN BENM BIC BO BUSP CDTRREF CDTRREFTP CLRC CNTP COAM CREF CSID EREF EXCH IBAN ID IREF ISDT ISSR MARF NAME NRTX OCMT ORCR ORDP ' +
    'PREF PURP REF REMI RTRN SVCL SWOD TRCD TRTP ULTB ULTC ULTD UDTR UCRD'
  ).split(' '),
);

/** @param lines of field 86, as they stand in the file. */
export function readTexts(lines: readonly string[]): Mt940Texts {
  const joined = lines.join('');
  if (/^[0-9]{0,3}[?>][0-9]{2}/.test(joined)) return readSubfields(joined);
  if (/^\/[A-Z]{2,9}\//.test(joined)) return readCodes(lines);
  if (joined.search(KEYWORDS) !== -1) return fromKeywords(joinings(lines, LINE_WIDTH));
  return { references: joinings(lines, LINE_WIDTH), name: null, account: null };
}

/** `?20` to `?29` and `?60` to `?63` are what the payer wrote, `?32` and `?33` the name, `?31` the account. */
function readSubfields(joined: string): Mt940Texts {
  const mark = /[?>]/.exec(joined)?.[0] ?? '?';
  const fields = [
    ...joined.matchAll(mark === '?' ? /\?([0-9]{2})([^?]*)/g : />([0-9]{2})([^>]*)/g),
  ];
  const of = (codes: RegExp) =>
    fields.filter(([, code = '']) => codes.test(code)).map(([, , value = '']) => value);
  const written = of(/^(?:2[0-9]|6[0-3])$/).filter((value) => value.trim() !== '');
  const texts = joinings(written, SUBFIELD_WIDTH);
  const { references } = texts.some((text) => text.search(KEYWORDS) !== -1)
    ? fromKeywords(texts)
    : { references: texts };
  return {
    references,
    name: orNull(of(/^3[23]$/).join('')),
    account: orNull(of(/^(?:31|38)$/)[0] ?? ''),
  };
}

/** `/REMI/…/NAME/…`: a code ends where the next known one begins, since values hold slashes too. */
function readCodes(lines: readonly string[]): Mt940Texts {
  const values = new Map<string, string[]>();
  for (const text of joinings(lines, LINE_WIDTH)) {
    let code: string | null = null;
    for (const part of text.split('/')) {
      if (CODES.has(part)) {
        code = part;
        values.set(code, [...(values.get(code) ?? []), '']);
      } else if (code !== null) {
        const of = values.get(code) ?? [];
        of[of.length - 1] = `${of.at(-1) ?? ''}/${part}`;
      }
    }
  }
  const of = (code: string) =>
    (values.get(code) ?? [])
      .map((value) => squeeze(value.replaceAll('/', ' ')))
      .filter((value) => value !== '');
  const raw = ['REMI', 'CDTRREF', 'EREF', 'PREF', 'CREF'].flatMap(of);
  return {
    references: raw.length > 0 ? unique(raw.filter(isReference)) : joinings(lines, LINE_WIDTH),
    name: of('NAME')[0] ?? of('ORDP')[0] ?? null,
    account: of('IBAN')[0] ?? of('BBAN')[0] ?? null,
  };
}

/** `SVWZ+` is what the payer wrote, `EREF+` the end-to-end id. */
function fromKeywords(texts: readonly string[]): Mt940Texts {
  const found = texts.map((text) => {
    const parts = new Map<string, string>();
    const marks = [...text.matchAll(KEYWORDS)];
    marks.forEach((mark, index) => {
      const end = marks[index + 1]?.index ?? text.length;
      parts.set(mark[1] ?? '', squeeze(text.slice(mark.index + mark[0].length, end)));
    });
    const before = squeeze(text.slice(0, marks[0]?.index ?? 0));
    return { parts, before };
  });
  const of = (keyword: string) => found.flatMap(({ parts }) => parts.get(keyword) ?? []);
  const written = [
    ...of('SVWZ'),
    ...of('EREF'),
    ...of('KREF'),
    ...found.map(({ before }) => before),
  ];
  return {
    references: unique(written.filter(isReference)),
    name: orNull(of('ABWA')[0] ?? ''),
    account: orNull(of('IBAN')[0] ?? ''),
  };
}

/**
 * Lines break inside words and codes: a full line runs on, a shorter one ended where it wanted to. Banks do not keep to
 * that, so the other joining stands second.
 */
function joinings(parts: readonly string[], width: number): readonly string[] {
  let likely = '';
  parts.forEach((part, index) => {
    const before = parts[index - 1];
    likely += index > 0 && (before ?? '').length < width ? ` ${part}` : part;
  });
  return unique(
    [likely, parts.join(''), parts.join(' ')].map(squeeze).filter((text) => text !== ''),
  );
}

function isReference(text: string): boolean {
  return text !== '' && !/^(?:NOTPROVIDED|NONREF)$/i.test(text);
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function orNull(text: string): string | null {
  const plain = squeeze(text);
  return plain === '' ? null : plain;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
