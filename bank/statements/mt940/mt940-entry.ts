import type { Currency } from '../../../domain/money/money.ts';
import type { StatementLine, StatementWarning } from '../../../domain/line/statement.ts';
import { holdsControls, withoutControls } from '../control-characters.ts';
import { unreadable } from '../statement-fault.ts';
import { warn } from '../warnings.ts';
import { readNonSwift, readTexts } from './mt940-text.ts';
import { readAmount, whereOf, type DayReader, type Mt940Place } from './mt940-values.ts';

/**
 * Value date, entry date, mark, funds code, amount, type, and the rest. `RC`, `RD`, `EC` and `ED` are tried before `C` and
 * `D`, so that a letter after `C` or `D` is the funds code: `CR152,19` is a credit in rand. The type may end in a blank.
 */
const FIELD_61 =
  /^([0-9]{6})([0-9]{4}| {4})?\s?([RrEe][CcDd]|[CcDd])(?:[A-Za-z]?)\s?([0-9]+[,.][0-9]*|[,.][0-9]+|[0-9]+(?=\s?(?:[NFS][A-Z0-9 ]{3}|\/\/|$)))(?![0-9,.])\s?(?:(?!NONREF)[NFS][A-Z0-9 ]{3})?(.*)$/s;

/** A field 61 with its fields 86 and NS. */
export interface Mt940Entry {
  /** The field's first line, and the lines of subfield 9 below it. */
  readonly lines: readonly string[];
  readonly information: readonly string[];
  readonly nonSwift: readonly string[];
  readonly currency: Currency;
  readonly days: DayReader;
  readonly position: string;
  readonly at: Mt940Place;
}

/** Turns an entry into a line. `RC` takes money out and `RD` puts it back; `EC` and `ED` are expected, not booked. */
export function readMt940Entry(entry: Mt940Entry): {
  readonly line: StatementLine;
  readonly warnings: readonly StatementWarning[];
  /** The amount has no decimal mark and was read as whole units, which the statement's balances must prove. */
  readonly isUnmarked: boolean;
} {
  const { currency, at, position } = entry;
  const hasControls =
    entry.lines.some(holdsControls) ||
    entry.information.some(holdsControls) ||
    entry.nonSwift.some(holdsControls);
  const [first = '', ...below] = wholeLines(entry.lines);
  const match = FIELD_61.exec(first);
  if (match === null) throw unreadable(whereOf(at), 'it is not date, mark, amount and type');
  const [, value = '', booked, letters = '', amount = '', behind = ''] = match;
  const mark = letters.toUpperCase();
  const isUnmarked = !/[,.]/.test(amount);
  const valueDay = entry.days.read(value, at);
  const bookedDay =
    booked === undefined || booked.trim() === ''
      ? valueDay
      : entry.days.readOfYear(booked, valueDay.day, at);
  const rest = hasControls ? withoutControls(behind) : behind;
  const information = hasControls ? entry.information.map(withoutControls) : entry.information;
  const nonSwift = hasControls ? entry.nonSwift.map(withoutControls) : entry.nonSwift;
  const supplement = below.length === 0 ? '' : withoutControls(below.join(' ')).trim();
  const texts = readTexts(information);
  const others = nonSwift.length === 0 ? NO_TEXTS : readNonSwift(nonSwift);
  const slashes = rest.indexOf('//');
  const text = [information.join('\n'), ...others.text]
    .filter((each) => each !== '')
    .join(', ')
    .trim();
  const line: StatementLine = {
    bankId: slashes === -1 ? null : referenceOf(rest.slice(slashes + 2)),
    bookingDate: bookedDay.day,
    valueDate: valueDay.day,
    amountMinor: readAmount(isUnmarked ? `${amount},` : amount, currency, at),
    direction: mark === 'C' || mark === 'RD' || mark === 'EC' ? 'credit' : 'debit',
    currency,
    status: mark.startsWith('E') ? 'pending' : 'booked',
    reversal: mark.startsWith('R'),
    references: withMore(
      texts.references,
      ...others.references,
      referenceOf(slashes === -1 ? rest : rest.slice(0, slashes)),
      supplement,
    ),
    text: text === '' ? supplement : text,
    counterparty: { name: texts.name ?? others.name, account: texts.account },
    runningBalanceMinor: null,
    position,
    details: [],
  };
  return {
    line,
    isUnmarked,
    warnings: warningsOf(position, valueDay.moved || bookedDay.moved, hasControls),
  };
}

/** Some banks break the line before the amount. */
function wholeLines(lines: readonly string[]): readonly string[] {
  const [first = '', second, ...below] = lines;
  return second !== undefined && /^[0-9]{6}(?:[0-9]{4}| {4})?[RrEe]?[CcDd][A-Za-z]?$/.test(first)
    ? [first + second, ...below]
    : lines;
}

const NO_TEXTS = { references: [], name: null, account: null, text: [] } as const;
const NO_WARNINGS: readonly StatementWarning[] = [];

function warningsOf(
  position: string,
  moved: boolean,
  hasControls: boolean,
): readonly StatementWarning[] {
  if (!moved && !hasControls) return NO_WARNINGS;
  return [
    ...(moved ? [warn('date_moved', position)] : []),
    ...(hasControls ? [warn('control_characters', position)] : []),
  ];
}

/** The references of field 86, then the customer's and the supplement of field 61, each once. */
function withMore(
  references: readonly string[],
  ...more: readonly (string | null)[]
): readonly string[] {
  const all = new Set(references);
  for (const each of more) if (each !== null && each !== '') all.add(each);
  return all.size === references.length ? references : [...all];
}

/** `NONREF` and similar texts mean that there is no reference. */
function referenceOf(text: string): string | null {
  const plain = text.trim();
  return plain === '' || /^(?:NONREF|NOREF|NOTPROVIDED)$/i.test(plain) ? null : plain;
}
