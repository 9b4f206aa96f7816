import { groupBy } from '../group-by.ts';
import type { Batch, SnapshotRow } from './identity.ts';
import { createQueues } from './queues.ts';
import type { OpenLine, Work } from './work.ts';

/** Shorter ids begin too many others. */
const BATCH_ID_CHARS_MIN = 3;

/**
 * Ties the parts of a batch to the line that is their total, and a total to the lines that are its parts: banks book a
 * batch in one row in one feed and in its parts in another.
 */
export function tieWholes(work: Work): void {
  const lines = createQueues(work.lines(), ({ line }) =>
    line.appearances.map(({ bookingDate }) => keyOf(line.amountMinor, bookingDate)),
  );
  for (const parts of groupBatches(work.rows(), batchOfRow).values()) {
    const key = keyOf(parts.sumMinor, parts.day);
    const total = lines.first([key], (line) => isTotalLine(line, parts));
    if (total === undefined) continue;
    lines.take(total);
    for (const row of parts.members) work.tie(row, total, 'parts');
  }
  const rows = createQueues(work.rows(), (row) => [keyOf(row.amountMinor, row.bookingDate)]);
  for (const parts of groupBatches(freeLines(work), batchOfLine).values()) {
    const key = keyOf(parts.sumMinor, parts.day);
    const total = rows.first([key], ({ shownId }) => isTotalRow(shownId, parts));
    const [first, ...others] = parts.members;
    if (total === undefined || first === undefined) continue;
    rows.take(total);
    work.tie(total, first, 'parts');
    for (const line of others) work.show(line);
  }
}

interface Parts<Member> {
  readonly members: readonly Member[];
  readonly day: string;
  readonly bankId: string | null;
  /** The source says that they are one batch; else they only share an id. */
  readonly isNamed: boolean;
  readonly sumMinor: bigint;
}

interface BatchOf {
  readonly day: string;
  readonly amountMinor: bigint;
  /** The batch that the source names; null where several rows only share one id. */
  readonly batch: Batch | null;
  readonly shownId: string | null;
}

/** Whole batches only: members that together are what the source states as their total. */
function groupBatches<Member>(
  members: readonly Member[],
  batchOf: (member: Member) => BatchOf | null,
): ReadonlyMap<string, Parts<Member>> {
  const named = members.flatMap((member) => {
    const of = batchOf(member);
    if (of === null || (of.batch === null && of.shownId === null)) return [];
    const bankId = of.batch === null ? of.shownId : of.batch.bankId;
    const key = `${of.day} ${of.batch?.amountMinor ?? ''} ${bankId ?? ''}`;
    return [{ member, ...of, bankId, key }];
  });
  const groups = new Map<string, Parts<Member>>();
  for (const [key, group] of groupBy(named, ({ key: each }) => each)) {
    const [first] = group;
    const sumMinor = group.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    const isWhole =
      first?.batch === null ? group.length > 1 : first?.batch.amountMinor === sumMinor;
    if (first === undefined || !isWhole) continue;
    const { day, bankId } = first;
    const isNamed = first.batch !== null;
    groups.set(key, { members: group.map(({ member }) => member), day, bankId, isNamed, sumMinor });
  }
  return groups;
}

function batchOfRow(row: SnapshotRow): BatchOf {
  const { amountMinor, batch, bookingDate: day, shownId } = row;
  return { day, amountMinor, batch, shownId };
}

function batchOfLine({ line }: OpenLine): BatchOf | null {
  const shown = line.appearances.find(({ evidence }) => evidence === null);
  if (shown === undefined) return null;
  const { batch, bookingDate: day, bankId: shownId } = shown;
  return { day, amountMinor: line.amountMinor, batch, shownId };
}

function freeLines(work: Work): readonly OpenLine[] {
  return work.lines().filter(({ isFree }) => isFree);
}

function keyOf(amountMinor: bigint, day: string): string {
  return `${day} ${amountMinor}`;
}

function isTotalLine({ line, isFree }: OpenLine, parts: Parts<SnapshotRow>): boolean {
  return line.appearances.some(
    (each) =>
      each.bookingDate === parts.day &&
      (!parts.isNamed || (parts.bankId !== null && each.bankId !== null)
        ? each.bankId === parts.bankId
        : isFree && parts.members.length > 1),
  );
}

function isTotalRow(bankId: string | null, parts: Parts<OpenLine>): boolean {
  return (
    parts.members.length > 1 &&
    (parts.isNamed || bankId === parts.bankId) &&
    (bankId === null || parts.bankId === null || bankId === parts.bankId)
  );
}

/**
 * Rows that are the sum of the lines of their day that only webhooks have shown: of all of them, or of those whose ids
 * begin as the row's. Such a row may be the total of payments that were told one by one.
 */
export function findTotalsOfNotices(
  work: Work,
): readonly { readonly row: SnapshotRow; readonly line: OpenLine }[] {
  const told = groupBy(
    freeLines(work).filter(({ line }) => line.appearances.every(({ feed }) => feed === 'webhook')),
    ({ line }) => line.bookingDate,
  );
  if (told.size === 0) return [];
  return work.rows().flatMap((row) => {
    const lines = told.get(row.bookingDate) ?? [];
    const id = row.shownId ?? '';
    const named = lines.filter(({ line }) =>
      line.appearances.some(
        ({ bankId }) => id.length >= BATCH_ID_CHARS_MIN && bankId?.startsWith(id),
      ),
    );
    const parts = [lines, named].find((each) => isSumOf(each, row));
    const [line] = parts ?? [];
    return line === undefined ? [] : [{ row, line }];
  });
}

function isSumOf(lines: readonly OpenLine[], { amountMinor }: SnapshotRow): boolean {
  const sum = lines.reduce((total, { line }) => total + line.amountMinor, 0n);
  return lines.length > 1 && sum === amountMinor;
}
