import type { SnapshotScope } from '../../domain/line/identity.ts';
import { addDays, type LocalDate } from '../../domain/local-date.ts';
import type { SurveyedStatement } from './survey-statement.ts';

/** Lines that are captured in one transaction: so many that statements are set-based, so few that memory stays flat. */
const LINES_PER_GROUP = 5_000;

/** Whole booking days of a statement, captured together as soon as the last of their lines was read. */
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
 * Parts a statement's days into groups. A day is never parted, since its lines are counted together; days that the statement
 * covers wholly never share a group with others, and empty days between them belong to one, so that all of them are told.
 * @returns the groups, and which of them each day belongs to
 */
export function groupDays({ summary, days }: Pick<SurveyedStatement, 'summary' | 'days'>): {
  readonly groups: readonly DayGroup[];
  readonly groupOf: ReadonlyMap<LocalDate, number>;
} {
  const { completeDays } = summary;
  const isComplete = (day: LocalDate) =>
    completeDays !== null && day >= completeDays.from && day <= completeDays.to;
  const drafts: Draft[] = [];
  const groupOf = new Map<LocalDate, number>();
  for (const day of [...days.keys()].sort()) {
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
