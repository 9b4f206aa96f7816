import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBusinessDays, isBusinessDay, isPublicHoliday } from '../../domain/business-days.ts';
import { addDays, daysBetween, parseLocalDate } from '../../domain/local-date.ts';

/** As the government published them (www.gov.za, public holidays), with the days that it declared for themselves. */
const PUBLISHED = {
  2024: '01-01 03-21 03-29 04-01 04-27 05-01 05-29 06-16 06-17 08-09 09-24 12-16 12-25 12-26',
  2025: '01-01 03-21 04-18 04-21 04-27 04-28 05-01 06-16 08-09 09-24 12-16 12-25 12-26',
  2026: '01-01 03-21 04-03 04-06 04-27 05-01 06-16 08-09 08-10 09-24 11-04 12-16 12-25 12-26',
  2027: '01-01 03-21 03-22 03-26 03-29 04-27 05-01 06-16 08-09 09-24 12-16 12-25 12-26 12-27',
} as const;

const aDay = fc
  .integer({ min: 0, max: 4_000 })
  .map((days) => addDays(parseLocalDate('2024-01-01'), days));

describe('the list of South African public holidays', () => {
  it.each(Object.entries(PUBLISHED))('equals the published list of %s', (year, days) => {
    const found: string[] = [];
    for (let day = parseLocalDate(`${year}-01-01`); day.startsWith(year); day = addDays(day, 1)) {
      if (isPublicHoliday(day)) found.push(day.slice(5));
    }
    expect(found.join(' ')).toBe(days);
  });

  it('follows Easter, from its earliest days to its latest', () => {
    for (const monday of ['2008-03-24', '2011-04-25', '2019-04-22', '2035-03-26', '2038-04-26']) {
      expect([monday, isPublicHoliday(parseLocalDate(monday))]).toEqual([monday, true]);
      expect(isPublicHoliday(addDays(parseLocalDate(monday), -3))).toBe(true);
    }
  });
});

describe('the business-day calendar', () => {
  it.each([
    ['a Friday', '2026-11-20', 1, '2026-11-23'],
    ['a Saturday', '2026-11-21', 1, '2026-11-23'],
    ['a Sunday', '2026-11-22', 1, '2026-11-23'],
    ['a Tuesday before a holiday', '2026-12-15', 1, '2026-12-17'],
    ['Maundy Thursday', '2026-04-02', 1, '2026-04-07'],
    ['Christmas Eve before a long weekend', '2027-12-24', 1, '2027-12-28'],
    ['the day of the tests', '2026-11-20', 20, '2026-12-21'],
  ] as const)('skips weekends and holidays after %s', (_, from, count, expected) => {
    expect(addBusinessDays(parseLocalDate(from), count)).toBe(expected);
  });

  it('counts the n-th business day as one with n business days up to it', () => {
    fc.assert(
      fc.property(aDay, fc.integer({ min: 1, max: 60 }), (from, count) => {
        const reached = addBusinessDays(from, count);
        const between = Array.from({ length: daysBetween(from, reached) }, (_, index) =>
          addDays(from, index + 1),
        );
        expect(isBusinessDay(reached)).toBe(true);
        expect(between.filter(isBusinessDay)).toHaveLength(count);
      }),
    );
  });
});
