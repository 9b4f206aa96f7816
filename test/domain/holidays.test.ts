import { describe, expect, it } from 'vitest';
import { isBusinessDay, isPublicHoliday } from '../../domain/business-days.ts';
import {
  addDays,
  asLocalDate,
  daysBetween,
  parseLocalDate,
  type LocalDate,
} from '../../domain/local-date.ts';

const div = (a: number, b: number) => Math.trunc(a / b);

/** Easter Sunday by Oudin's rule, which shares no step with the one in the code. */
function oudin(year: number): LocalDate {
  const century = div(year, 100);
  const golden = year % 19;
  const moon = div(century - 17, 25);
  let full = (century - div(century, 4) - div(century - moon, 3) + 19 * golden + 15) % 30;
  full -= div(full, 28) * (1 - div(full, 28) * div(29, full + 1) * div(21 - golden, 11));
  const weekday = (year + div(year, 4) + full + 2 - century + div(century, 4)) % 7;
  const march = full - weekday;
  const month = 3 + div(march + 40, 44);
  const day = march + 28 - 31 * div(month, 4);
  const two = (part: number) => String(part).padStart(2, '0');
  return parseLocalDate(`${year}-${two(month)}-${two(day)}`);
}

describe('Good Friday and Family Day', () => {
  it('surround the Easter of every year from 1900 to 2999', () => {
    const missed: string[] = [];
    for (let year = 1900; year <= 2999; year += 1) {
      const easter = oudin(year);
      for (const day of [addDays(easter, -2), addDays(easter, 1)])
        if (!isPublicHoliday(day) || isBusinessDay(day)) missed.push(day);
    }
    expect(missed).toEqual([]);
  });
});

describe('a day that the President declared', () => {
  it.each(['2022-12-27', '2023-12-15', '2024-05-29', '2026-11-04'])(
    'counts as a holiday: %s',
    (text) => {
      const day = parseLocalDate(text);
      expect(isPublicHoliday(day)).toBe(true);
      expect(isBusinessDay(day)).toBe(false);
    },
  );
});

describe('a month', () => {
  it.each([
    ['01', 31],
    ['02', 28],
    ['03', 31],
    ['04', 30],
    ['05', 31],
    ['06', 30],
    ['07', 31],
    ['08', 31],
    ['09', 30],
    ['10', 31],
    ['11', 30],
    ['12', 31],
  ])('%s of 2026 has %i days', (month, days) => {
    const isDay = (day: number) =>
      asLocalDate(`2026-${month}-${String(day).padStart(2, '0')}`) !== null;
    expect(Array.from({ length: 40 }, (_, day) => day).filter(isDay)).toHaveLength(days);
    expect([isDay(days), isDay(days + 1)]).toEqual([true, false]);
  });

  it('ends February on the 29th in a leap year', () => {
    expect(asLocalDate('2024-02-29')).not.toBeNull();
    expect(asLocalDate('2024-02-30')).toBeNull();
  });
});

describe('a day', () => {
  it.each(['2026-11-222026-11-22', 'x2026-11-22', '2026-11-220'])(
    'needs four, two and two digits: %s',
    (text) => {
      expect(asLocalDate(text)).toBeNull();
    },
  );

  it.each(['1999', '2099', '2899'])('follows the last one of %s', (year) => {
    const last = parseLocalDate(`${year}-12-31`);
    const next = parseLocalDate(`${Number(year) + 1}-01-01`);
    expect(daysBetween(last, next)).toBe(1);
    expect(addDays(last, 1)).toBe(next);
  });
});
