import { groupBy } from '../group-by.ts';
import { daysBetween, type LocalDate } from '../local-date.ts';
import type {
  EndedRow,
  Evidence,
  HeldRow,
  KnownLine,
  SnapshotRow,
  SnapshotScope,
} from './identity.ts';
import { isFormOf, type Wording } from './wording.ts';

/** After this many complete reads of its closed day, a row that none of them shows is no line. */
const READS_MAX = 2;

/** A line that a held row may be: a known one, or a new one of this read. */
export interface Answer {
  readonly lineId: string | null;
  readonly newLineIndex: number | null;
  readonly known: KnownLine | null;
  /** The row of this read that shows it, if any. */
  readonly row: SnapshotRow | null;
}

interface Shown {
  readonly answer: Answer;
  readonly said: { readonly references: readonly string[] };
  readonly day: LocalDate;
}

type Read = (said: { readonly references: readonly string[] }) => Wording;

/**
 * Looks again at rows of other reads that wait: each is one of the lines that this read shows or knows. Equal facts, an
 * id, or the customer on that day answer at once; once the day is over and read whole, likeness does, since the read
 * shows all money of that day.
 * @param held rows that this read does not show again itself
 */
export function endHeldRows(
  held: readonly HeldRow[],
  answers: readonly Answer[],
  scope: SnapshotScope,
  read: Read,
): { readonly ended: readonly EndedRow[]; readonly still: readonly string[] } {
  if (held.length === 0) return { ended: [], still: [] };
  const wanted = new Set(held.map(({ amountMinor }) => amountMinor));
  const ids = new Set(held.flatMap(({ bankId }) => bankId ?? []));
  const shown = answers.flatMap((answer) => shownAs(answer, wanted, ids));
  const byAmount = groupBy(shown, ({ answer }) => amountOf(answer));
  const ended: EndedRow[] = [];
  const still: string[] = [];
  const explained = new Map<string, Set<string>>();
  for (const row of held) {
    const alike = byAmount.get(row.amountMinor) ?? [];
    // A poll shows its own rows again, and counts them then.
    const isOver =
      row.feed !== 'poll' &&
      scope.kind === 'complete' &&
      row.bookingDate >= scope.from &&
      row.bookingDate <= scope.lastClosedDay;
    const found =
      findSure(row, alike, shown, read, explained) ?? (isOver ? findLike(row, alike, read) : null);
    if (found !== null) {
      const { answer, evidence } = found;
      explain(explained, row, answer);
      const { lineId, newLineIndex } = answer;
      ended.push({ heldId: row.heldId, lineId, newLineIndex, evidence });
    } else if (isOver && row.reads + 1 >= READS_MAX) {
      ended.push({ heldId: row.heldId, lineId: null, newLineIndex: null, evidence: null });
    } else if (isOver) still.push(row.heldId);
  }
  return { ended, still };
}

function shownAs(
  answer: Answer,
  wanted: ReadonlySet<bigint>,
  ids: ReadonlySet<string>,
): readonly Shown[] {
  const { known, row } = answer;
  const amount = amountOf(answer);
  const hasId = row !== null && row.shownId !== null && ids.has(row.shownId);
  if (!wanted.has(amount) && !hasId) return [];
  return [
    ...(row === null ? [] : [{ answer, said: row, day: row.bookingDate }]),
    ...(known === null
      ? []
      : [
          { answer, said: known, day: known.bookingDate },
          ...known.appearances.map((each) => ({ answer, said: each, day: each.bookingDate })),
        ]),
  ];
}

function amountOf({ known, row }: Answer): bigint {
  return known?.amountMinor ?? row?.amountMinor ?? 0n;
}

function findSure(
  held: HeldRow,
  alike: readonly Shown[],
  all: readonly Shown[],
  read: Read,
  explained: ReadonlyMap<string, ReadonlySet<string>>,
): { readonly answer: Answer; readonly evidence: Evidence } | null {
  const { code } = read(held);
  const isFree = ({ answer }: Shown) => !isExplained(explained, held, answer);
  const passes: readonly [Evidence, (each: Shown) => boolean][] = [
    [
      'id',
      ({ answer }) =>
        held.bankId !== null &&
        answer.row?.shownId === held.bankId &&
        amountOf(answer) === held.amountMinor,
    ],
    ['facts', (each) => hasFacts(each.answer, held) && isFree(each)],
    [
      'code',
      (each) =>
        code !== null &&
        each.day === held.bookingDate &&
        read(each.said).code === code &&
        isFree(each),
    ],
  ];
  for (const [evidence, fits] of passes) {
    const found = (evidence === 'id' ? all : alike).find(fits);
    if (found !== undefined) return { answer: found.answer, evidence };
  }
  return null;
}

function hasFacts({ known, row }: Answer, { factsKey }: HeldRow): boolean {
  return (
    row?.factsKey === factsKey ||
    known?.factsKey === factsKey ||
    known?.appearances.some((each) => each.factsKey === factsKey) === true
  );
}

/** A source that shows two ids shows two lines, unless the read of the whole day says otherwise. */
function isExplained(
  explained: ReadonlyMap<string, ReadonlySet<string>>,
  held: HeldRow,
  answer: Answer,
): boolean {
  const ids = [
    ...(explained.get(`${held.source} ${nameOf(answer)}`) ?? []),
    ...(answer.known?.appearances.flatMap((each) =>
      each.source === held.source ? [each.bankId ?? ''] : [],
    ) ?? []),
  ];
  return ids.some((id) => id !== (held.bankId ?? ''));
}

function explain(explained: Map<string, Set<string>>, held: HeldRow, answer: Answer): void {
  const key = `${held.source} ${nameOf(answer)}`;
  explained.set(key, (explained.get(key) ?? new Set()).add(held.bankId ?? ''));
}

function nameOf({ lineId, newLineIndex }: Answer): string {
  return lineId ?? `new ${newLineIndex}`;
}

/** The best of the day's lines; one that says nothing of the customer only at the second read of the day. */
function findLike(
  held: HeldRow,
  alike: readonly Shown[],
  read: Read,
): { readonly answer: Answer; readonly evidence: Evidence } | null {
  const said = read(held);
  const apart = (each: Shown) => Math.abs(daysBetween(held.bookingDate, each.day));
  const near = alike.toSorted((a, b) => apart(a) - apart(b));
  const facts = near.find(({ answer }) => hasFacts(answer, held));
  if (facts !== undefined) return { answer: facts.answer, evidence: 'facts' };
  const sameCode = near.find((each) => said.code !== null && read(each.said).code === said.code);
  if (sameCode !== undefined) return { answer: sameCode.answer, evidence: 'code' };
  const ofDay = near.filter((each) => apart(each) === 0);
  const form = ofDay.find((each) => {
    const { code, text } = read(each.said);
    return code === null && said.code === null && isFormOf(text, said.text);
  });
  if (form !== undefined) return { answer: form.answer, evidence: 'text' };
  if (held.reads === 0) return null;
  const names = new Set(ofDay.map(({ answer }) => nameOf(answer)));
  const only = ofDay.find(({ said: each }) => {
    const { code } = read(each);
    return code === null || said.code === null;
  });
  return names.size === 1 && only !== undefined ? { answer: only.answer, evidence: 'count' } : null;
}
