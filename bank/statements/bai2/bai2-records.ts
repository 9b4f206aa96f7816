import { unreadable } from '../statement-fault.ts';

/** Record codes; `88` continues the record before it. */
export type Bai2Code = '01' | '02' | '03' | '16' | '49' | '88' | '98' | '99';

/** One record as written in the file, or a line of text that continues the record before it. */
export interface Bai2Record {
  readonly code: Bai2Code | 'text';
  /** The part after the code and its comma, without the slash that ends the record. */
  readonly rest: string;
  /** A slash ended it, so no line of text continues it. */
  readonly isEnded: boolean;
  /** `line 12` */
  readonly where: string;
}

const RECORD = /^(01|02|03|16|49|88|98|99)(?:,|$)/;
/**
 * Some banks write several records on one line. Texts hold slashes and numbers too (`PAID 22/03,66`), so that a record
 * must look like one, and `88`, which may hold anything, is looked for only in files whose first line holds several.
 */
const NEXT_RECORD =
  /\/\s*(?=02,[^,]*,[^,]*,[1-4],[0-9]{6},|03,[^,/]+,(?:[A-Z]{3})?,|16,[0-9]{3},[+-]?[0-9]*,|49,[+-]?[0-9]*,[0-9]+\s*(?:\/|$)|9[89],[+-]?[0-9]*,[0-9]+,[0-9]+\s*(?:\/|$))/;
const NEXT_OR_88 = new RegExp(`${NEXT_RECORD.source}|\\/\\s*(?=88,)`);

export function isPacked(firstLine: string): boolean {
  return NEXT_RECORD.test(firstLine);
}

/** @throws CodedError `statement.unreadable` for a line without a valid record code. */
export function splitRecords(line: string, number: number, packed: boolean): readonly Bai2Record[] {
  const where = `line ${number}`;
  // Most lines have a slash only at their end, and this check is cheaper than the search.
  const isSingle = line.indexOf('/') >= line.trimEnd().length - 1 || !line.includes('/');
  const parts = isSingle ? [line] : line.split(packed ? NEXT_OR_88 : NEXT_RECORD);
  return parts.flatMap((text, index) => {
    const plain = text.trim();
    if (plain === '') return [];
    const isEnded = index < parts.length - 1 || plain.endsWith('/');
    const code = RECORD.exec(plain)?.[1];
    const isText = code === undefined && !/^[0-9]{2},/.test(plain);
    if (!isCode(code) && !isText) throw unreadable(where, 'it does not begin with a record code');
    const rest = (isText ? plain : plain.slice(3)).replace(/\/$/, '');
    return [{ code: isCode(code) ? code : 'text', rest, isEnded, where }];
  });
}

function isCode(text: string | undefined): text is Bai2Code {
  return text !== undefined && RECORD.test(text);
}

export function readBai2Amount(text: string, where: string): bigint {
  if (!/^[+-]?0*[0-9]{1,15}$/.test(text))
    throw unreadable(where, 'the amount is not a whole number of minor units');
  return BigInt(text.replace('+', ''));
}

/** Number of extra fields after a funds type. They say when money is available and are in no total. */
export function fundsFields(fields: readonly string[], at: number, where: string): number {
  const kind = (fields[at] ?? '').trim();
  switch (kind) {
    case '':
    case '0':
    case '1':
    case '2':
    case 'Z':
      return 1;
    case 'S':
      return 4;
    case 'V':
      return 3;
    case 'D': {
      const pairs = fields[at + 1] ?? '';
      if (!/^[0-9]{1,3}$/.test(pairs))
        throw unreadable(where, 'the funds type D has no count of its pairs');
      return 2 + 2 * Number(pairs);
    }
    default:
      throw unreadable(where, 'the funds type is not valid');
  }
}
