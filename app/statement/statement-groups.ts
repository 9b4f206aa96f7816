import type { SnapshotScope } from '../../domain/line/identity.ts';
import { addDays, type LocalDate } from '../../domain/local-date.ts';
import type { SurveyedStatement } from './survey-statement.ts';

/** Lines in one transaction: enough for set-based SQL, few enough to keep memory flat. */
const LINES_PER_GROUP = 5_000;

/** Whole booking days of a statement, captured together when the last of their lines has been read. */
export interface DayGroup {
  readonly scope: SnapshotScope;
  readonly lineCount: number;
}

interface Draft {
  days: LocalDate[];
  lineCount: number;
  readonly isComplete: boolean;
}

/**
 * Divides a statement's days into groups. A day is never divided, since its lines are counted together. Days that the
 * statement covers completely never share a group with others, and the empty days between them belong to a group too,
 * so that every covered day is captured.
 * @param shared first or last days of which another statement shows the rest, so that this one covers no part completely
 * @returns the groups, and the group of each day
 */
export function groupDays(
  { summary, days }: Pick<SurveyedStatement, 'summary' | 'days'>,
  shared: readonly LocalDate[] = [],
): {
  readonly groups: readonly DayGroup[];
  readonly groupOf: ReadonlyMap<LocalDate, number>;
} {
  const booked = [...days.keys()].sort();
  const completeDays = withoutEnds(summary.completeDays, booked, new Set(shared));
  const isComplete = (day: LocalDate) =>
    completeDays !== null && day >= completeDays.from && day <= completeDays.to;
  const drafts: Draft[] = [];
  const groupOf = new Map<LocalDate, number>();
  for (const day of booked) {
    let draft = drafts.at(-1);
    const count = days.get(day) ?? 0;
    if (draft?.isComplete !== isComplete(day) || draft.lineCount + count > LINES_PER_GROUP) {
      draft = { days: [], lineCount: 0, isComplete: isComplete(day) };
      drafts.push(draft);
    }
    draft.days.push(day);
    draft.lineCount += count;
    groupOf.set(day, drafts.length - 1);
  }
  const complete = drafts.filter((draft) => draft.isComplete);
  const groups = drafts.map((draft): DayGroup => {
    if (!draft.isComplete || completeDays === null)
      return { scope: { kind: 'partial' }, lineCount: draft.lineCount };
    const index = complete.indexOf(draft);
    const last = complete[index - 1]?.days.at(-1);
    const from = last === undefined ? completeDays.from : addDays(last, 1);
    const to =
      index === complete.length - 1 ? completeDays.to : (draft.days.at(-1) ?? completeDays.to);
    return { scope: { kind: 'complete', from, to, lastClosedDay: to }, lineCount: draft.lineCount };
  });
  if (completeDays !== null && complete.length === 0) {
    const { from, to } = completeDays;
    return {
      groups: [
        ...groups,
        { scope: { kind: 'complete', from, to, lastClosedDay: to }, lineCount: 0 },
      ],
      groupOf,
    };
  }
  return { groups, groupOf };
}

/** A shared day ends what the statement covers: it is the day of its first line, or of its last. */
function withoutEnds(
  days: SurveyedStatement['summary']['completeDays'],
  booked: readonly LocalDate[],
  shared: ReadonlySet<LocalDate>,
): SurveyedStatement['summary']['completeDays'] {
  const [first, last] = [booked[0], booked.at(-1)];
  if (days === null || first === undefined || last === undefined) return days;
  const from = shared.has(first) && first >= days.from ? addDays(first, 1) : days.from;
  const to = shared.has(last) && last <= days.to ? addDays(last, -1) : days.to;
  return from > to ? null : { from, to };
}
