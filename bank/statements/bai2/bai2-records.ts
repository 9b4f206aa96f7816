import { unreadable } from '../statement-fault.ts';

/** Record codes; `88` goes on with the record before it. */
export type Bai2Code = '01' | '02' | '03' | '16' | '49' | '88' | '98' | '99';

/** One record as it stands in the file. */
export interface Bai2Record {
  readonly code: Bai2Code;
  /** Behind the code and its comma, without the slash that ends the record. */
  readonly rest: string;
  /** `line 12` */
  readonly where: string;
}

const RECORD = /^(01|02|03|16|49|88|98|99)(?:,|$)/;
/** Some banks write several records on one line. */
const NEXT_RECORD = /\/\s*(?=(?:01|02|03|16|49|88|98|99),)/;

/** @throws CodedError `statement.unreadable` for a line that begins with no record code. */
export function splitRecords(line: string, number: number): readonly Bai2Record[] {
  const where = `line ${number}`;
  return line
    .split(NEXT_RECORD)
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const plain = text.trim();
      const code = RECORD.exec(plain)?.[1];
      if (!isCode(code)) throw unreadable(where, 'it begins with no record code');
      return { code, rest: plain.slice(3).replace(/\/\s*$/, ''), where };
    });
}

function isCode(text: string | undefined): text is Bai2Code {
  return text !== undefined && RECORD.test(text);
}

export function readBai2Amount(text: string, where: string): bigint {
  if (!/^[+-]?[0-9]{1,15}$/.test(text))
    throw unreadable(where, 'the amount is not whole minor units');
  return BigInt(text.replace('+', ''));
}

/** How many fields a funds type adds behind itself: they tell when money is available and are in no total. */
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
        throw unreadable(where, 'the funds type D does not count its pairs');
      return 2 + 2 * Number(pairs);
    }
    default:
      throw unreadable(where, 'the funds type is not one that the format has');
  }
}
