import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../../domain/invariant.ts';
import {
  addDays,
  daysBetween,
  localDateIn,
  parseLocalDate,
  type LocalDate,
} from '../../../domain/local-date.ts';
import { pollWindow, type PollWindowInput } from '../../../domain/line/poll-window.ts';

const JOHANNESBURG = 'Africa/Johannesburg';

function window(fields: Partial<PollWindowInput> & { readonly now: Date }) {
  return pollWindow({
    timeZone: JOHANNESBURG,
    overlapDays: 7,
    lastCompleteDay: parseLocalDate('2026-11-21'),
    maxDays: 31,
    ...fields,
  });
}

const noon = new Date('2026-11-22T10:00:00Z');
const anInstant = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2035-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const anInput = fc
  .record({
    now: anInstant,
    timeZone: fc.constantFrom(
      JOHANNESBURG,
      'Europe/London',
      'America/New_York',
      'Pacific/Kiritimati',
    ),
    overlapDays: fc.integer({ min: 0, max: 14 }),
    daysBehind: fc.option(fc.integer({ min: -3, max: 400 })),
    extraDays: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ daysBehind, extraDays, ...rest }): PollWindowInput => {
    const today = localDateIn(rest.now, rest.timeZone);
    const lastCompleteDay = daysBehind === null ? null : addDays(today, -1 - daysBehind);
    return { ...rest, lastCompleteDay, maxDays: rest.overlapDays + extraDays };
  });

describe('pollWindow', () => {
  it('covers today and the seven days before it when no read was missed', () => {
    expect(window({ now: noon })).toEqual({
      from: '2026-11-15',
      to: '2026-11-22',
      completeDay: '2026-11-21',
      isCaughtUp: true,
    });
  });

  it('starts as if yesterday were complete on its first run', () => {
    expect(window({ now: noon, lastCompleteDay: null })).toEqual(window({ now: noon }));
  });

  it('reaches back over the days that were missed', () => {
    expect(window({ now: noon, lastCompleteDay: parseLocalDate('2026-11-18') })).toEqual({
      from: '2026-11-12',
      to: '2026-11-22',
      completeDay: '2026-11-21',
      isCaughtUp: true,
    });
  });

  it('walks forward in windows of the longest size when it is far behind', () => {
    expect(window({ now: noon, lastCompleteDay: parseLocalDate('2026-09-30') })).toEqual({
      from: '2026-09-24',
      to: '2026-10-24',
      completeDay: '2026-10-24',
      isCaughtUp: false,
    });
  });

  it.each([
    ['2026-11-22T21:59:59Z', '2026-11-22'],
    ['2026-11-22T22:00:00Z', '2026-11-23'],
  ])('changes its day at midnight in Johannesburg: at %s today is %s', (now, today) => {
    expect(window({ now: new Date(now) }).to).toBe(today);
  });

  it.each([
    ['the short day', '2026-03-29T22:59:59Z', '2026-03-29', '2026-03-22'],
    ['the day after the short day', '2026-03-29T23:00:00Z', '2026-03-30', '2026-03-23'],
    ['the long day', '2026-10-25T23:59:59Z', '2026-10-25', '2026-10-18'],
    ['the day after the long day', '2026-10-26T00:00:00Z', '2026-10-26', '2026-10-19'],
  ])('counts %s in London as one day', (_, instant, to, from) => {
    const now = new Date(instant);
    const read = window({ now, timeZone: 'Europe/London', lastCompleteDay: null });
    expect(read).toMatchObject({ from, to });
  });

  it('covers the usual days, and forgets none, when the clock has jumped back', () => {
    expect(window({ now: noon, lastCompleteDay: parseLocalDate('2026-11-25') })).toEqual({
      from: '2026-11-15',
      to: '2026-11-22',
      completeDay: '2026-11-25',
      isCaughtUp: true,
    });
  });

  it('covers whole days, at most as many as allowed, and never in the future', () => {
    fc.assert(
      fc.property(anInput, (input) => {
        const { from, to } = pollWindow(input);
        expect(parseLocalDate(from)).toBe(from);
        expect(from <= to).toBe(true);
        expect(daysBetween(from, to) + 1).toBeLessThanOrEqual(input.maxDays);
        expect(to <= localDateIn(input.now, input.timeZone)).toBe(true);
      }),
    );
  });

  it('repeats the whole overlap and leaves no day between', () => {
    fc.assert(
      fc.property(anInput, (input) => {
        const { from, to } = pollWindow(input);
        const today = localDateIn(input.now, input.timeZone);
        const firstOpen = addDays(input.lastCompleteDay ?? addDays(today, -1), 1);
        expect(daysBetween(from, firstOpen < today ? firstOpen : today)).toBe(input.overlapDays);
        if (firstOpen <= today) expect(to >= firstOpen).toBe(true);
      }),
    );
  });

  it('never calls today complete, nor undoes a complete day', () => {
    fc.assert(
      fc.property(anInput, (input) => {
        const { completeDay } = pollWindow(input);
        const today = localDateIn(input.now, input.timeZone);
        const before = input.lastCompleteDay ?? addDays(today, -1);
        expect(completeDay >= before).toBe(true);
        if (before < today) expect(completeDay < today).toBe(true);
      }),
    );
  });

  it('catches up in windows that leave out no day, however far behind', () => {
    fc.assert(
      fc.property(anInput, (input) => {
        const today = localDateIn(input.now, input.timeZone);
        const start = input.lastCompleteDay ?? addDays(today, -1);
        const daysRead = new Set<LocalDate>();
        let read = pollWindow(input);
        for (let count = 0; count <= 401; count += 1) {
          for (let day = read.from; day <= read.to; day = addDays(day, 1)) daysRead.add(day);
          if (read.isCaughtUp) break;
          read = pollWindow({ ...input, lastCompleteDay: read.completeDay });
        }
        expect(read.isCaughtUp).toBe(true);
        for (let day = addDays(start, 1); day <= today; day = addDays(day, 1)) {
          expect(daysRead.has(day)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [{ overlapDays: -1 }],
    [{ overlapDays: 1.5 }],
    [{ overlapDays: NaN }],
    [{ maxDays: 7 }],
    [{ maxDays: 8.5 }],
  ])('refuses settings that would never make progress: %j', (fields) => {
    expect(() => window({ now: noon, ...fields })).toThrow(InvariantViolation);
  });
});
