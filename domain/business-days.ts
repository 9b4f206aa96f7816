import { addDays, parseLocalDate, type LocalDate, weekdayOf } from './local-date.ts';

/** Public holidays of a fixed day, by the first schedule of the Public Holidays Act 36 of 1994. */
const FIXED_DAYS = [
  '01-01', // New Year's Day
  '03-21', // Human Rights Day
  '04-27', // Freedom Day
  '05-01', // Workers' Day
  '06-16', // Youth Day
  '08-09', // National Women's Day
  '09-24', // Heritage Day
  '12-16', // Day of Reconciliation
  '12-25', // Christmas Day
  '12-26', // Day of Goodwill
] as const;

/**
 * Days that the President declared individually under section 2A of the Act. No rule predicts them: add a day when the
 * Government Gazette announces it (www.gov.za, "Public Holidays Act: Declaration of … as public holiday").
 */
const DECLARED_DAYS: ReadonlySet<string> = new Set([
  '2022-12-27', // for Christmas Day, which fell on a Sunday before the Day of Goodwill
  '2023-12-15', // Rugby World Cup; announced on 30 October 2023
  '2024-05-29', // national and provincial elections; notice of 23 February 2024
  '2026-11-04', // local government elections
]);

/** True if banks and offices in South Africa work on this day. */
export function isBusinessDay(day: LocalDate): boolean {
  const weekday = weekdayOf(day);
  return weekday !== SATURDAY && weekday !== SUNDAY && !isPublicHoliday(day);
}

/** True if South Africa has a public holiday on this day, on a weekend too. */
export function isPublicHoliday(day: LocalDate): boolean {
  if (DECLARED_DAYS.has(day) || isNamedHoliday(day)) return true;
  // Section 2(1): the Monday after a holiday on a Sunday is a holiday too.
  return weekdayOf(day) === MONDAY && isNamedHoliday(addDays(day, -1));
}

/** The `count`-th business day after `day`; the day itself does not count. `count` is at least 1. */
export function addBusinessDays(day: LocalDate, count: number): LocalDate {
  let reached = day;
  for (let left = count; left > 0;) {
    reached = addDays(reached, 1);
    if (isBusinessDay(reached)) left -= 1;
  }
  return reached;
}

const SUNDAY = 0;
const MONDAY = 1;
const SATURDAY = 6;

function isNamedHoliday(day: LocalDate): boolean {
  if (FIXED_DAYS.some((fixed) => day.endsWith(fixed))) return true;
  const easter = easterSunday(day.slice(0, 4));
  // Good Friday, and Easter Monday as Family Day.
  return day === addDays(easter, -2) || day === addDays(easter, 1);
}

/** Easter Sunday in the Gregorian calendar, by the rule of Meeus, Jones and Butcher. */
function easterSunday(yearText: string): LocalDate {
  const year = Number.parseInt(yearText, 10);
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const toSunday =
    (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const sinceMarch = epact + toSunday - 7 * late + 114;
  const month = Math.floor(sinceMarch / 31);
  const dayOfMonth = (sinceMarch % 31) + 1;
  return addDays(firstOf(yearText, month), dayOfMonth - 1);
}

function firstOf(year: string, month: number): LocalDate {
  return parseLocalDate(`${year}-${month.toString().padStart(2, '0')}-01`);
}
