import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  asLocalDate,
  daysBetween,
  localDateIn,
  parseLocalDate,
} from '../../domain/local-date.ts';

const aDate = fc
  .date({
    min: new Date('1901-01-01T00:00:00Z'),
    max: new Date('2998-12-31T00:00:00Z'),
    noInvalidDate: true,
  })
  .map((instant) => parseLocalDate(instant.toISOString().slice(0, 10)));
const aShift = fc.integer({ min: -300, max: 300 });

describe('parseLocalDate', () => {
  it.each(['2026-11-22', '2024-02-29', '2000-02-29', '1900-01-01', '2999-12-31'])(
    'reads %s',
    (text) => {
      expect(parseLocalDate(text)).toBe(text);
    },
  );

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-02-30',
    '2026-02-31',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0001-01-01',
    '1899-12-31',
    '3000-01-01',
    '9999-12-31',
    '20261122',
    '2026-1-2',
    '22-11-2026',
    '2026/11/22',
    '2026-11-22T00:00:00Z',
    ' 2026-11-22',
    '2026-11-22\n',
    '\uff12026-11-22',
    '',
  ])('refuses %j', (text) => {
    expect(asLocalDate(text)).toBeNull();
    expect(() => parseLocalDate(text)).toThrow(
      expect.objectContaining({ code: 'request.invalid' }),
    );
  });
});

describe('the arithmetic of addDays and daysBetween', () => {
  it('makes each function the inverse of the other', () => {
    fc.assert(
      fc.property(aDate, aShift, (date, days) => {
        expect(daysBetween(date, addDays(date, days))).toBe(days);
        expect(addDays(addDays(date, days), -days)).toBe(date);
      }),
    );
  });

  it('gives real days, in the order in which texts sort', () => {
    fc.assert(
      fc.property(aDate, fc.integer({ min: 1, max: 300 }), (date, days) => {
        const later = addDays(date, days);
        expect(parseLocalDate(later)).toBe(later);
        expect(date < later).toBe(true);
      }),
    );
  });

  it('adds up over days between', () => {
    fc.assert(
      fc.property(aDate, aDate, aDate, (one, two, three) => {
        expect(daysBetween(one, two) + daysBetween(two, three)).toBe(daysBetween(one, three));
      }),
    );
  });

  it('knows leap days', () => {
    expect(addDays(parseLocalDate('2024-02-28'), 1)).toBe('2024-02-29');
    expect(addDays(parseLocalDate('2026-02-28'), 1)).toBe('2026-03-01');
    expect(daysBetween(parseLocalDate('2024-01-01'), parseLocalDate('2025-01-01'))).toBe(366);
  });
});

describe('localDateIn', () => {
  it.each([
    ['2026-11-22T21:59:59.999Z', 'Africa/Johannesburg', '2026-11-22'],
    ['2026-11-22T22:00:00.000Z', 'Africa/Johannesburg', '2026-11-23'],
    ['2024-02-28T22:00:00.000Z', 'Africa/Johannesburg', '2024-02-29'],
    ['2026-12-31T22:00:00.000Z', 'Africa/Johannesburg', '2027-01-01'],
    ['2026-03-29T00:30:00.000Z', 'Europe/London', '2026-03-29'],
    ['2026-06-30T23:00:00.000Z', 'Europe/London', '2026-07-01'],
    ['2026-11-22T04:59:59.000Z', 'America/New_York', '2026-11-21'],
    ['2026-11-22T10:00:00.000Z', 'Pacific/Kiritimati', '2026-11-23'],
  ])('puts %s in %s on %s', (instant, timeZone, date) => {
    expect(localDateIn(new Date(instant), timeZone)).toBe(date);
  });

  it('follows the clock two hours ahead of UTC, all year round, in Johannesburg', () => {
    const anInstant = fc.date({
      min: new Date('1970-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(anInstant, (instant) => {
        const ahead = new Date(instant.getTime() + 2 * 3_600_000);
        expect(localDateIn(instant, 'Africa/Johannesburg')).toBe(ahead.toISOString().slice(0, 10));
      }),
    );
  });
});
