import { groupBy } from '../group-by.ts';
import { addDays, daysBetween } from '../local-date.ts';
import type { HeldRow, Hold, SnapshotRow } from './identity.ts';
import { createQueues } from './queues.ts';
import { findTotalsOfNotices } from './wholes.ts';
import {
  codesOrNone,
  contradicts,
  dayOf,
  isClosed,
  linesById,
  type OpenLine,
  type Work,
} from './work.ts';

/** Two sources may date one line this many days apart, where the read does not cover the other day. */
const DATED_APART_DAYS = 1;
/** A weekend: what the bank books later than its API or a webhook showed it. */
const SHIFTED_DAYS = 3;
/** Shorter ids may be positions in a file or a day, which come again every day. */
const ID_CHARS_MIN = 6;

/** What earlier reads of this source left held. */
export interface HeldBefore {
  /** The held row that this row is. */
  readonly heldBefore: (row: SnapshotRow) => HeldRow | null;
  /** Held rows of the read's days that it does not show as they were. */
  readonly gone: readonly HeldRow[];
}

/** Why a row may be a line that is left over. */
export interface Suspicion extends Hold {
  /** The row says another amount or another customer than the line: no count can make them one. */
  readonly isCorrected: boolean;
  /** A file of an account that is not polled: no later read of the source will settle it. */
  readonly isLastRead: boolean;
}

/** For each row that may be a line which is left over: why, and which one. */
export function findSuspects(
  work: Work,
  { gone, heldBefore }: HeldBefore,
): ReadonlyMap<SnapshotRow, Suspicion> {
  const found = new Map<SnapshotRow, Suspicion>();
  const suspect: Suspect = (row, line, reason) => {
    if (found.has(row)) return;
    const isCorrected =
      line === null || row.amountMinor !== line.line.amountMinor || contradicts(work, row, line);
    const isLastRead =
      work.reading.feed === 'file' &&
      line?.line.appearances.every(({ feed }) => feed !== 'poll') === true;
    found.set(row, { reason, besideLineId: line?.line.lineId ?? null, isCorrected, isLastRead });
  };
  suspectSharedIds(work, suspect);
  suspectReturned(work, suspect);
  suspectChangedAgain(work, gone, found);
  const free = work.lines().filter(({ isFree }) => isFree);
  if (free.length === 0) return found;
  suspectCorrected(work, free, heldBefore, suspect);
  suspectOfDay(work, free, heldBefore, suspect);
  suspectMoved(work, free, heldBefore, suspect);
  suspectDatedApart(work, free, suspect);
  for (const { line, row } of findTotalsOfNotices(work)) suspect(row, line, 'possible_duplicate');
  return found;
}

type Suspect = (row: SnapshotRow, line: OpenLine | null, reason: Hold['reason']) => void;

/** The bank's id came with another amount, another customer's code, or on a day that the read cannot compare. */
function suspectSharedIds(work: Work, suspect: Suspect): void {
  const linesOfId = linesById(work);
  for (const row of work.rows()) {
    if (row.shownId === null) continue;
    if (work.idsShownTwice.has(row.stableId ?? '')) suspect(row, null, 'id_reused');
    const lines = linesOfId.get(row.shownId) ?? [];
    const line =
      lines.find(({ isWithin }) => isWithin) ??
      lines.find((each) => row.stableId !== null || isIdProof(work, row, lines, each));
    if (line !== undefined) suspect(row, line, 'id_reused');
  }
}

/** An id on several lines is no id, and a short one may be a position: beside the read, such ids say nothing. */
function isIdProof(
  work: Work,
  row: SnapshotRow,
  lines: readonly OpenLine[],
  line: OpenLine,
): boolean {
  return (
    row.shownId !== null &&
    row.shownId.length >= ID_CHARS_MIN &&
    lines.length === 1 &&
    line.line.amountMinor === row.amountMinor &&
    !contradicts(work, row, line)
  );
}

/** A held correction that is gone was corrected again, or moved: what says the same in part has its hold. */
function suspectChangedAgain(
  work: Work,
  gone: readonly HeldRow[],
  found: Map<SnapshotRow, Suspicion>,
): void {
  const corrections = gone.filter(({ reason }) => reason !== 'possible_duplicate');
  if (corrections.length === 0) return;
  const keysOf = (said: SnapshotRow | HeldRow, id: string | null) => {
    const { amountMinor, bookingDate: day } = said;
    const { code } = work.read(said);
    return [
      `${day} ${amountMinor}`,
      ...(id === null ? [] : [`id ${id}`]),
      ...(code === null ? [] : [`${day} ${code}`, `${amountMinor} ${code}`]),
    ];
  };
  const rows = createQueues(
    work.rows().filter((row) => !found.has(row)),
    (row) => keysOf(row, row.shownId),
  );
  for (const held of corrections) {
    const row = rows.first(keysOf(held, held.bankId));
    if (row === undefined) continue;
    rows.take(row);
    const { besideLineId, reason } = held;
    found.set(row, { reason, besideLineId, isCorrected: true, isLastRead: false });
  }
}

/** The same customer, day and amount as a line that the bank corrected: it may have taken the correction back. */
function suspectReturned(work: Work, suspect: Suspect): void {
  const claimed = work.lines().filter(({ isClaimed }) => isClaimed);
  if (claimed.length === 0) return;
  const lines = createQueues(claimed, (line) =>
    line.days.flatMap((day) =>
      codesOrNone(line).map((code) => `${day} ${line.line.amountMinor} ${code}`),
    ),
  );
  for (const row of work.rows()) {
    const { code } = work.read(row);
    const line = lines.first([`${row.bookingDate} ${row.amountMinor} ${code ?? ''}`]);
    if (line !== undefined) suspect(row, line, 'edited_look_alike');
  }
}

/** A line of the same day and amount that says something else about the customer, or is gone. */
function suspectOfDay(
  work: Work,
  free: readonly OpenLine[],
  heldBefore: (row: SnapshotRow) => HeldRow | null,
  suspect: Suspect,
): void {
  const onDays = (line: OpenLine) => line.days.map((day) => `${day} ${line.line.amountMinor}`);
  const among = (
    fits: (line: OpenLine) => boolean,
    keysOf: (line: OpenLine) => string[] = onDays,
  ) => createQueues(free.filter(fits), keysOf);
  const gone = among(
    ({ isGone }) => isGone,
    (line) => onDays(line).map((key) => (line.line.isAbsent ? `${key} ${line.line.lineId}` : key)),
  );
  // A row without a code contradicts no line, and a line without one no row.
  const standing = among(
    ({ isGone }) => !isGone,
    (line) =>
      onDays(line).flatMap((key) => [key, ...codesOrNone(line).map((code) => `${key} ${code}`)]),
  );
  const before = among(({ isGone, line }) => !isGone && line.storedBeforeSnapshot);
  for (const row of work.rows()) {
    const key = `${row.bookingDate} ${row.amountMinor}`;
    const { code } = work.read(row);
    const missed = gone.first([key, `${key} ${heldBefore(row)?.besideLineId ?? ''}`]);
    const line =
      missed ??
      standing.first(code === null ? [key] : [`${key} ${code}`, `${key} `]) ??
      (isClosed(work, row) ? before.first([key]) : undefined);
    if (line !== undefined)
      suspect(row, line, missed === undefined ? 'possible_duplicate' : 'edited_look_alike');
  }
}

/** The same customer on the same day, with another amount, and the line is gone: the bank corrected it. */
function suspectCorrected(
  work: Work,
  free: readonly OpenLine[],
  heldBefore: (row: SnapshotRow) => HeldRow | null,
  suspect: Suspect,
): void {
  const gone = free.filter(({ isGone }) => isGone);
  const linesOf = groupBy(
    gone.flatMap((line) =>
      [...line.codes].map((code) => ({ key: `${dayOf(line)} ${code}`, line })),
    ),
    ({ key }) => key,
  );
  for (const row of work.rows()) {
    const { code } = work.read(row);
    if (code === null) continue;
    const line = linesOf
      .get(`${row.bookingDate} ${code}`)
      ?.find((each) => isNewlyGone(each.line, row, heldBefore));
    if (line !== undefined && line.line.line.amountMinor > 0n === row.amountMinor > 0n)
      suspect(row, line.line, 'edited_look_alike');
  }
}

/** Of a line that is gone, only the nearest row of each customer may be its new day. */
function suspectMoved(
  work: Work,
  free: readonly OpenLine[],
  heldBefore: (row: SnapshotRow) => HeldRow | null,
  suspect: Suspect,
): void {
  const rowsOf = groupBy(work.rows(), ({ amountMinor }) => amountMinor);
  const nameless = groupBy(
    work.rows().filter((row) => work.read(row).code === null),
    ({ amountMinor }) => amountMinor,
  );
  const rowsBeside = groupBy(work.rows(), (row) => heldBefore(row)?.besideLineId ?? null);
  // Lines of one amount and day have the same nearest rows, and the first of them has them all.
  const done = new Set<string>();
  for (const line of free) {
    if (!line.isGone) continue;
    const { amountMinor, isAbsent, lineId } = line.line;
    const isNamed = line.codes.size > 0;
    const key = isAbsent ? lineId : `${dayOf(line)} ${amountMinor} ${isNamed}`;
    if (done.has(key)) continue;
    done.add(key);
    // Another customer on another day would be two corrections at once.
    const maybe = (isNamed ? nameless : rowsOf).get(amountMinor) ?? [];
    const rows = isAbsent
      ? (rowsBeside.get(lineId) ?? []).filter((row) => maybe.includes(row))
      : maybe;
    for (const row of nearestOfEach(work, rows, line)) suspect(row, line, 'edited_look_alike');
  }
}

function nearestOfEach(
  work: Work,
  rows: readonly SnapshotRow[],
  line: OpenLine,
): Iterable<SnapshotRow> {
  const nearest = new Map<string, SnapshotRow>();
  const apart = (row: SnapshotRow) => Math.abs(daysBetween(dayOf(line), row.bookingDate));
  for (const row of rows) {
    const code = work.read(row).code ?? '';
    const before = nearest.get(code);
    if (before === undefined || apart(row) < apart(before)) nearest.set(code, row);
  }
  return nearest.values();
}

/**
 * A line of another source, beside the days of this read, that says the same of the customer. Two files may date it a day
 * apart; the bank's books and its API or webhooks the days of a weekend, and then each line of a daily payer.
 */
function suspectDatedApart(work: Work, free: readonly OpenLine[], suspect: Suspect): void {
  const { scope } = work.reading;
  const besides = free.filter(({ isWithin }) => !isWithin);
  if (besides.length === 0) return;
  const saidBy = ({ codes, line, texts }: OpenLine) =>
    (codes.size > 0 ? [...codes] : [...texts].map((text) => `: ${text}`)).map(
      (said) => `${line.amountMinor} ${said}`,
    );
  const ofDay = createQueues(besides, (line) =>
    saidBy(line).map((said) => `${dayOf(line)} ${said}`),
  );
  const atEdge = createQueues(
    besides.filter((line) => {
      const day = dayOf(line);
      const isNear =
        scope.kind === 'complete' &&
        day >= addDays(scope.from, -SHIFTED_DAYS) &&
        day <= addDays(scope.to, SHIFTED_DAYS);
      return isNear && line.line.appearances.some(({ feed }) => feed !== 'file');
    }),
    saidBy,
  );
  for (const row of work.rows()) {
    const { code, text } = work.read(row);
    const said = `${row.amountMinor} ${code ?? `: ${text}`}`;
    const days = Array.from({ length: 2 * DATED_APART_DAYS + 1 }, (_, index) =>
      addDays(row.bookingDate, index - DATED_APART_DAYS),
    );
    const line = ofDay.first(days.map((day) => `${day} ${said}`)) ?? atEdge.first([said]);
    if (line === undefined) continue;
    ofDay.take(line);
    atEdge.take(line);
    suspect(row, line, 'possible_duplicate');
  }
}

/** A line that earlier reads lacked too is no row that comes only now. */
function isNewlyGone(
  { line }: OpenLine,
  row: SnapshotRow,
  heldBefore: (row: SnapshotRow) => HeldRow | null,
): boolean {
  return !line.isAbsent || heldBefore(row)?.besideLineId === line.lineId;
}
