import type { LocalDate } from '../../../domain/local-date.ts';
import { parseCurrency, type Currency } from '../../../domain/money/money.ts';
import { unreadable } from '../statement-fault.ts';
import { plain } from './csv-layout.ts';
import type { CsvProfile } from './csv-profile.ts';
import type { CsvTotals } from './csv-proof.ts';
import { asCsvDay, readCsvAmount, type Period } from './csv-values.ts';

/** Facts from the rows before the entries. */
export interface CsvHead {
  readonly account: string | null;
  readonly currency: Currency;
  readonly period: Period | null;
  readonly totals: CsvTotals;
}

type Rows = readonly (readonly string[])[];
type Place = CsvProfile['preamble']['account'];

/** @param entryCurrency currency of the first entry, where a column gives it */
export function readCsvHead(
  profile: CsvProfile,
  rows: Rows,
  entryCurrency: Currency | null,
): CsvHead {
  const { preamble } = profile;
  const currency = entryCurrency ?? readCurrency(profile, findAt(rows, preamble.currency));
  const minor = (name: 'opening' | 'closing' | 'credits' | 'debits') => {
    const text = findAt(rows, preamble[name]);
    return text === null ? null : readCsvAmount(text, profile, currency, `preamble, ${name}`);
  };
  const count = (name: 'creditCount' | 'debitCount') => {
    const text = findAt(rows, preamble[name]);
    if (text === null) return null;
    if (!/^[0-9]{1,7}$/.test(text)) throw unreadable(`preamble, ${name}`, 'it is not a count');
    return Number(text);
  };
  return {
    account: accountIn(findAt(rows, preamble.account)),
    currency,
    period: readPeriod(rows, preamble.period),
    totals: {
      openingMinor: minor('opening'),
      closingMinor: minor('closing'),
      creditsMinor: minor('credits'),
      debitsMinor: minor('debits'),
      creditCount: count('creditCount'),
      debitCount: count('debitCount'),
    },
  };
}

/** `ZAR`, or `ZAR - SOUTH AFRICAN RAND`. */
function readCurrency(profile: CsvProfile, text: string | null): Currency {
  if (text === null) return parseCurrency(profile.currency);
  const code = /^[A-Z]{3}(?![A-Za-z])/.exec(text)?.[0];
  if (code === undefined) throw unreadable('preamble, currency', 'it is not a currency code');
  return parseCurrency(code);
}

/**
 * Extracts the number from `Ms A Smith 10012345678` or `12345678 - SBZAZAJJ`; returns anything else, such as a grouped IBAN,
 * unchanged.
 */
function accountIn(text: string | null): string | null {
  const numbers = (text ?? '').split(/\s+/).filter((part) => /^[0-9]{5,}$/.test(part));
  return numbers.length === 1 ? (numbers[0] ?? text) : text;
}

function findAt(rows: Rows, place: Place): string | null {
  if (place === undefined) return null;
  if (typeof place === 'string') return findBehind(rows, place);
  if ('column' in place) {
    const wanted = plain(place.label);
    const texts = rows
      .filter((cells) => plain(cells[place.labelColumn - 1] ?? '') === wanted)
      .map((cells) => (cells[place.column - 1] ?? '').trim());
    // A row of names with the same label may precede the row of values.
    return texts.find((text) => /[0-9]/.test(text)) ?? null;
  }
  for (const label of place) {
    const found = findBehind(rows, label);
    if (found !== null) return found;
  }
  return null;
}

/** The value of a label: the rest of its own cell, or the next non-empty cell. */
function findBehind(rows: Rows, label: string): string | null {
  const wanted = plain(label);
  for (const cells of rows) {
    const own = plain(cells[0] ?? '');
    if (own === wanted) {
      const next = cells.slice(1).find((cell) => cell.trim() !== '');
      return next?.trim() ?? null;
    }
    if (!own.startsWith(wanted)) continue;
    const behind = /^(?:\s*:|\s)\s*(.*[0-9].*)$/s.exec(
      (cells[0] ?? '').trim().slice(wanted.length),
    );
    if (behind !== null) return (behind[1] ?? '').trim();
  }
  return null;
}

function readPeriod(rows: Rows, label: string | undefined): Period | null {
  const formats = ['DD MMMM YYYY', 'YYYY/MM/DD', 'YYYY-MM-DD'] as const;
  for (const cells of label === undefined ? [] : rows) {
    if (plain(cells[0] ?? '') !== plain(label ?? '')) continue;
    const [from, to] = cells.flatMap((cell): LocalDate[] => {
      const day = asCsvDay(cell, formats, null);
      return day === null ? [] : [day];
    });
    if (from !== undefined && to !== undefined && from <= to) return { from, to };
  }
  return null;
}
