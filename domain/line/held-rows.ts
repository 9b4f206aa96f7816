import { groupBy } from '../group-by.ts';
import { daysBetween, type LocalDate } from '../local-date.ts';
import type { EndedRow, Evidence, HeldRow, KnownLine, SnapshotRow } from './identity.ts';
import type { Reading, Work } from './work.ts';
import { isFormOf } from './wording.ts';

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

type Read = Work['read'];

/**
 * Looks again at rows of other reads that wait: each is one of the lines that this read shows or knows. Equal facts, an
 * id, or the customer on that day answer at once; once the day is over and read whole, likeness does, since the read
 * shows all money of that day.
 * @param held rows that this read does not show again itself
 */
export function endHeldRows(
  held: readonly HeldRow[],
  answers: readonly Answer[],
  { feed, scope, source }: Reading,
  read: Read,
): { readonly ended: readonly EndedRow[]; readonly still: readonly string[] } {
  if (held.length === 0) return { ended: [], still: [] };
  const wanted = new Set(held.map(({ amountMinor }) => amountMinor));
  const ids = new Set(held.flatMap(({ bankId }) => bankId ?? []));
  const shown = answers.flatMap((answer) => shownAs(answer, wanted, ids));
  const find = indexShown(shown, read);
  const ended: EndedRow[] = [];
  const still: string[] = [];
  // A file of an account that is not polled is the last read of its days.
  const isLast =
    feed === 'file' &&
    answers.every(({ known }) => known?.appearances.every((each) => each.feed !== 'poll') ?? true);
  const shownIds = new Set(answers.flatMap(({ row }) => row?.shownId ?? []));
  const explained = new Map<string, Set<string>>();
  for (const row of held) {
    const isOwn = row.source === source;
    // A poll shows its own rows again, and counts them then; one that it shows no longer is nothing.
    const isOver =
      (row.feed !== 'poll' || isOwn) &&
      scope.kind === 'complete' &&
      row.bookingDate >= scope.from &&
      row.bookingDate <= scope.lastClosedDay;
    const found =
      findSure(row, find, read, { explained, isOwn }) ??
      (isOver && !isOwn ? findLike(row, find, read, { isLast, shownIds }) : null);
    if (found !== null) {
      const { answer, evidence } = found;
      explain(explained, row, answer);
      const { lineId, newLineIndex } = answer;
      ended.push({ heldId: row.heldId, lineId, newLineIndex, evidence });
    } else if (isOver && (isLast || row.reads + 1 >= READS_MAX)) {
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

/** Finds the shown lines of an amount that have an id, facts, a day, a code, or a code on a day, in order. */
type Find = (
  amountMinor: bigint,
  by: 'id' | 'facts' | 'day' | 'code' | 'code of day',
  what: string | null,
) => readonly Shown[];

function indexShown(shown: readonly Shown[], read: Read): Find {
  const keyed = shown.flatMap((each) => {
    const { known, row } = each.answer;
    const { code } = read(each.said);
    const facts = [row, known, ...(known?.appearances ?? [])].flatMap((one) => one?.factsKey ?? []);
    return [
      `day ${each.day}`,
      ...[...new Set(facts)].map((key) => `facts ${key}`),
      ...(row === null || row.shownId === null ? [] : [`id ${row.shownId}`]),
      ...(code === null ? [] : [`code ${code}`, `code of day ${each.day} ${code}`]),
    ].map((key) => ({ key: `${amountOf(each.answer)} ${key}`, each }));
  });
  const index = groupBy(keyed, ({ key }) => key);
  return (amountMinor, by, what) =>
    what === null ? [] : (index.get(`${amountMinor} ${by} ${what}`) ?? []).map(({ each }) => each);
}

function findSure(
  held: HeldRow,
  find: Find,
  read: Read,
  {
    explained,
    isOwn,
  }: {
    readonly explained: ReadonlyMap<string, ReadonlySet<string>>;
    readonly isOwn: boolean;
  },
): { readonly answer: Answer; readonly evidence: Evidence } | null {
  const { amountMinor, bankId, bookingDate, factsKey } = held;
  const { code } = read(held);
  const ofDay = code === null ? null : `${bookingDate} ${code}`;
  const isFree = ({ answer }: Shown) => !isExplained(explained, held, answer);
  // An id may be a position, which another payment has now: it never says whose a payment is.
  const saysTheSame = ({ said }: Shown) => {
    const other = read(said).code;
    return other === code || (!isOwn && (other === null || code === null));
  };
  const passes: readonly [Evidence, Shown | undefined][] = [
    ['id', find(amountMinor, 'id', bankId).find(saysTheSame)],
    ['facts', find(amountMinor, 'facts', factsKey).find(isFree)],
    ['code', find(amountMinor, 'code of day', ofDay).find(isFree)],
  ];
  for (const [evidence, found] of passes)
    if (found !== undefined) return { answer: found.answer, evidence };
  return null;
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
  find: Find,
  read: Read,
  { isLast, shownIds }: { readonly isLast: boolean; readonly shownIds: ReadonlySet<string> },
): { readonly answer: Answer; readonly evidence: Evidence } | null {
  const { amountMinor, bookingDate, factsKey } = held;
  const said = read(held);
  const apart = (each: Shown) => Math.abs(daysBetween(bookingDate, each.day));
  const nearest = (among: readonly Shown[]) => among.toSorted((a, b) => apart(a) - apart(b))[0];
  const facts = nearest(find(amountMinor, 'facts', factsKey));
  if (facts !== undefined) return { answer: facts.answer, evidence: 'facts' };
  const sameCode = nearest(find(amountMinor, 'code', said.code));
  if (sameCode !== undefined) return { answer: sameCode.answer, evidence: 'code' };
  const ofDay = find(amountMinor, 'day', bookingDate);
  const form = ofDay.find((each) => {
    const { code, text } = read(each.said);
    return code === null && said.code === null && isFormOf(text, said.text);
  });
  if (form !== undefined) return { answer: form.answer, evidence: 'text' };
  // The bank shows its id elsewhere: it was corrected, and is no other line.
  if ((held.reads === 0 && !isLast) || shownIds.has(held.bankId ?? '')) return null;
  const names = new Set(ofDay.map(({ answer }) => nameOf(answer)));
  const only = ofDay.find(({ said: each }) => {
    const { code } = read(each);
    return code === null || said.code === null;
  });
  return names.size === 1 && only !== undefined ? { answer: only.answer, evidence: 'count' } : null;
}
