import { describe, expect, it } from 'vitest';
import {
  BUSINESS_TIME_ZONE,
  instantAt,
  isTimeZone,
  parseLocalDate,
  printLocalTime,
  weekdayOf,
} from '../../domain/local-date.ts';

describe('printLocalTime', () => {
  it.each([
    ['2026-11-20T07:05:09Z', BUSINESS_TIME_ZONE, '2026-11-20 09:05:09'],
    ['2026-11-20T22:00:00.999Z', BUSINESS_TIME_ZONE, '2026-11-21 00:00:00'],
    ['2026-03-04T12:34:56+02:00', BUSINESS_TIME_ZONE, '2026-03-04 12:34:56'],
    ['2026-07-01T23:30:00Z', 'Europe/London', '2026-07-02 00:30:00'],
    ['2026-01-02T03:04:05Z', 'UTC', '2026-01-02 03:04:05'],
  ])('shows %s in %s as a clock there does, with two digits each', (instant, timeZone, text) => {
    expect(printLocalTime(instant, timeZone)).toBe(text);
  });
});

describe('isTimeZone', () => {
  it('knows the names of time zones and no others', () => {
    for (const name of [BUSINESS_TIME_ZONE, 'Europe/London', 'UTC'])
      expect(isTimeZone(name)).toBe(true);
    for (const name of ['', 'Johannesburg', 'Africa/Nowhere', '+02:00x'])
      expect(isTimeZone(name)).toBe(false);
  });
});

describe('the business time zone', () => {
  it('stays two hours ahead of UTC all year', () => {
    expect(printLocalTime('2026-01-01T00:00:00Z', BUSINESS_TIME_ZONE)).toBe('2026-01-01 02:00:00');
    expect(printLocalTime('2026-07-01T00:00:00Z', BUSINESS_TIME_ZONE)).toBe('2026-07-01 02:00:00');
  });
});

describe('weekdayOf', () => {
  it('counts from Sunday', () => {
    const days = ['22', '23', '24', '25', '26', '27', '28'].map((day) =>
      weekdayOf(parseLocalDate(`2026-11-${day}`)),
    );
    expect(days).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('instantAt', () => {
  it('answers with the moment at which a clock shows the time on that day', () => {
    const instant = instantAt(parseLocalDate('2026-11-20'), 'T08:00:00+02:00');
    expect(instant.toISOString()).toBe('2026-11-20T06:00:00.000Z');
  });
});
