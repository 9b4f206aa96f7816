import type { Currency } from '../../../domain/money.ts';
import type { StatementLine, StatementWarning } from '../../../domain/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { warn } from '../warnings.ts';
import { readTexts } from './mt940-text.ts';
import { readAmount, readDay, readDayOfYear } from './mt940-values.ts';

/**
 * Value date, entry date, mark, funds code, amount, type, and the rest. `RC`, `RD`, `EC` and `ED` are tried before `C`
 * and `D`, so that a letter behind those is the funds code: `CR152,19` is a credit in rand.
 */
const FIELD_61 =
  /^([0-9]{6})([0-9]{4}| {4})?\s?(RC|RD|EC|ED|C|D)([A-Z]?)\s?([0-9]+[,.][0-9]*)(?![0-9,.])\s?([NFS][A-Z0-9]{3})?(.*)$/s;

/** A field 61 with the field 86 that belongs to it. */
export interface Mt940Entry {
  readonly first: string;
  /** Lines of sub-field 9, which stands under field 61. */
  readonly supplement: readonly string[];
  readonly information: readonly string[];
  readonly currency: Currency;
  readonly position: string;
  /** `line 12, field 61` */
  readonly where: string;
}

/** Makes a line of an entry. `RC` takes money out and `RD` puts it back; `EC` and `ED` are expected and not booked. */
export function readMt940Entry(entry: Mt940Entry): {
  readonly line: StatementLine;
  readonly warnings: readonly StatementWarning[];
} {
  const match = FIELD_61.exec(entry.first);
  if (match === null) {
    throw unreadable(entry.where, 'it is not date, mark, amount and type');
  }
  const [, value = '', booked, mark = '', , amount = '', , rest = ''] = match;
  const { currency, where, position } = entry;
  const valueDay = readDay(value, where);
  const bookedDay =
    booked === undefined || booked.trim() === ''
      ? valueDay
      : readDayOfYear(booked, valueDay.day, where);
  const [customer = '', ...bank] = clean(rest).split('//');
  const customerReference = referenceOf(customer);
  const texts = readTexts(entry.information.map(clean));
  const supplement = entry.supplement.map(clean).join(' ').trim();
  const text = entry.information.map(clean).join('\n').trim();
  const line: StatementLine = {
    bankId: referenceOf(bank.join('//')),
    bookingDate: bookedDay.day,
    valueDate: valueDay.day,
    amountMinor: readAmount(amount, currency, where),
    direction: mark === 'C' || mark === 'RD' || mark === 'EC' ? 'credit' : 'debit',
    currency,
    status: mark.startsWith('E') ? 'pending' : 'booked',
    reversal: mark.startsWith('R'),
    references: [
      ...new Set(
        [...texts.references, customerReference, supplement].filter(
          (each): each is string => each !== null && each !== '',
        ),
      ),
    ],
    text: text === '' ? supplement : text,
    counterparty: { name: texts.name, account: texts.account },
    runningBalanceMinor: null,
    position,
    details: [],
  };
  return { line, warnings: warningsOf(entry, valueDay.moved || bookedDay.moved) };
}

function warningsOf(entry: Mt940Entry, moved: boolean): readonly StatementWarning[] {
  const texts = [entry.first, ...entry.supplement, ...entry.information];
  return [
    ...(moved ? [warn('date_moved', entry.position)] : []),
    ...(texts.some(hasControls) ? [warn('control_characters', entry.position)] : []),
  ];
}

const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

function hasControls(text: string): boolean {
  return text.search(CONTROLS) !== -1;
}

function clean(text: string): string {
  return hasControls(text) ? text.replace(CONTROLS, '') : text;
}

/** `NONREF` and its like say that there is none. */
function referenceOf(text: string): string | null {
  const plain = text.trim();
  return plain === '' || /^(?:NONREF|NOREF|NOTPROVIDED)$/i.test(plain) ? null : plain;
}
