import { groupBy } from '../group-by.ts';
import { daysBetween, type LocalDate } from '../local-date.ts';
import {
  normaliseReference,
  readReferences,
  type ReferenceReading,
} from '../reference/reference.ts';

/** The bank may date a changed or shortened line this many days apart. */
const NEAR_DAYS = 3;
/** Shorter references do not prove that one text is a shortened form of another. */
const PREFIX_CHARS_MIN = 6;

/** A line or a row, as far as likeness goes. `amountMinor` is signed. */
export interface Comparable {
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  /** As the bank wrote them, most trusted first. */
  readonly references: readonly string[];
}

interface Said {
  readonly reading: ReferenceReading;
  /** The reference in the facts key. */
  readonly text: string;
}

/** Compares lines by their references; it reads each line's references once. */
export interface Likeness {
  /** True for equal amounts, near days, and either the same code or one text a shortened form of the other: perhaps one payment. */
  looksAlike(a: Comparable, b: Comparable): boolean;
  /** The same test with any of `lines`, without comparing each row with each line. */
  among(lines: readonly Comparable[]): (row: Comparable) => boolean;
  /** True if the two may be one line before and after the bank edited it; two different codes are two lines. */
  mayBeEdited(a: Comparable, b: Comparable): boolean;
  /** The one code that the line names; null where it names none or several. */
  codeOf(line: Comparable): string | null;
}

export function createLikeness(): Likeness {
  const said = new Map<Comparable, Said>();
  const listen = (line: Comparable): Said => {
    const known = said.get(line);
    if (known !== undefined) return known;
    const fresh: Said = {
      reading: readReferences(line.references),
      text: normaliseReference(line.references[0] ?? ''),
    };
    said.set(line, fresh);
    return fresh;
  };
  const looksAlike = (a: Comparable, b: Comparable) =>
    areNear(a, b) && maySayTheSame(listen(a), listen(b));
  return {
    looksAlike,
    mayBeEdited: (a, b) => areNear(a, b) && !nameTwoCodes(listen(a).reading, listen(b).reading),
    codeOf: (line) => {
      const { reading } = listen(line);
      return reading.kind === 'exact' ? reading.code : null;
    },
    among: (lines) => {
      const amounts = new Set(lines.map((line) => line.amountMinor));
      const keyed = lines.flatMap((line) =>
        keysOfLine(line.amountMinor, listen(line)).map((key) => ({ key, line })),
      );
      const index = groupBy(keyed, ({ key }) => key);
      // Most rows have an amount that no line has, and need no reading.
      return (row) =>
        amounts.has(row.amountMinor) &&
        keysToTry(row.amountMinor, listen(row)).some((key) =>
          index.get(key)?.some(({ line }) => looksAlike(line, row)),
        );
    },
  };
}

/** Lines that may say the same share a key: the code that both name, or the start of their texts if one names none. */
function keysOfLine(amountMinor: bigint, said: Said): readonly string[] {
  const start = said.text.slice(0, PREFIX_CHARS_MIN);
  return said.reading.kind === 'exact'
    ? [`${amountMinor} code ${said.reading.code}`, `${amountMinor} any ${start}`]
    : [`${amountMinor} codeless ${start}`, `${amountMinor} any ${start}`];
}

function keysToTry(amountMinor: bigint, said: Said): readonly string[] {
  const start = said.text.slice(0, PREFIX_CHARS_MIN);
  return said.reading.kind === 'exact'
    ? [`${amountMinor} code ${said.reading.code}`, `${amountMinor} codeless ${start}`]
    : [`${amountMinor} any ${start}`];
}

function areNear(a: Comparable, b: Comparable): boolean {
  return (
    a.amountMinor === b.amountMinor &&
    (a.bookingDate === b.bookingDate ||
      Math.abs(daysBetween(a.bookingDate, b.bookingDate)) <= NEAR_DAYS)
  );
}

function maySayTheSame(a: Said, b: Said): boolean {
  if (a.reading.kind === 'exact' && b.reading.kind === 'exact') {
    return a.reading.code === b.reading.code;
  }
  const [short, long] = a.text.length <= b.text.length ? [a.text, b.text] : [b.text, a.text];
  return short.length >= PREFIX_CHARS_MIN && long.startsWith(short);
}

function nameTwoCodes(a: ReferenceReading, b: ReferenceReading): boolean {
  return a.kind === 'exact' && b.kind === 'exact' && a.code !== b.code;
}
