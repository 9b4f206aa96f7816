import { groupBy } from '../group-by.ts';
import { daysBetween } from '../local-date.ts';
import type { Hold, SnapshotRow, WaitingRow } from './identity.ts';
import { contradicts, impliesCode, linesById, type OpenLine, type Work } from './work.ts';
import { isFormOf } from './wording.ts';

/** The bank may date a notice this many days apart from its own books. */
const NOTICE_DAYS = 3;

/**
 * Places notices (webhooks): single rows, of which each may come twice, in other words, under another id, before or after
 * the line itself. Only equal facts or the same id tie one; what may be a known line, or a row before it in the batch,
 * waits for the next read that counts.
 */
export function placeNotices(work: Work): {
  readonly fresh: readonly { readonly row: SnapshotRow; readonly hold: Hold | null }[];
  readonly waiting: readonly WaitingRow[];
} {
  const fresh: { row: SnapshotRow; hold: null }[] = [];
  const waiting: WaitingRow[] = [];
  const lines = groupBy(work.lines(), ({ line }) => line.amountMinor);
  const ids = linesById(work);
  const freshOf = new Map<bigint, SnapshotRow[]>();
  const idsOfTied = new Map<OpenLine, string | null>();
  const freshIds = new Set<string>();
  for (const row of work.rows()) {
    const alike = lines.get(row.amountMinor) ?? [];
    const same = alike.find((line) => isSame(work, row, line, idsOfTied));
    if (same !== undefined) {
      idsOfTied.set(same, row.shownId);
      work.tie(row, same, hasFacts(same, row) ? 'facts' : 'id');
      continue;
    }
    const sharesId = row.shownId === null ? undefined : ids.get(row.shownId)?.[0];
    const isIdFresh = row.shownId !== null && freshIds.has(row.shownId);
    const beside =
      sharesId ??
      alike.find((line) => mayBe(work, row, line, line.isShownHere || idsOfTied.has(line)));
    const before = freshOf.get(row.amountMinor) ?? [];
    if (beside !== undefined || isIdFresh || before.some((each) => mayBeBatched(work, row, each))) {
      const reason = sharesId !== undefined || isIdFresh ? 'id_reused' : 'possible_duplicate';
      waiting.push({ row, reason, besideLineId: beside?.line.lineId ?? null, reads: 0 });
      continue;
    }
    freshOf.set(row.amountMinor, [...before, row]);
    if (row.shownId !== null) freshIds.add(row.shownId);
    fresh.push({ row, hold: null });
  }
  return { fresh, waiting };
}

function hasFacts({ line }: OpenLine, { factsKey }: SnapshotRow): boolean {
  return line.factsKey === factsKey || line.appearances.some((each) => each.factsKey === factsKey);
}

/** Equal facts, unless a notice under another id has shown the line; or the same id with the same day, amount and customer. */
function isSame(
  work: Work,
  row: SnapshotRow,
  line: OpenLine,
  idsOfTied: ReadonlyMap<OpenLine, string | null>,
): boolean {
  const idsHere = [
    ...line.line.appearances.flatMap((each) =>
      each.source === work.reading.source ? [each.bankId] : [],
    ),
    ...(idsOfTied.has(line) ? [idsOfTied.get(line) ?? null] : []),
  ];
  if (hasFacts(line, row)) return idsHere.every((id) => id === null || id === row.shownId);
  return (
    row.shownId !== null &&
    line.line.appearances.some(({ bankId }) => bankId === row.shownId) &&
    line.days.includes(row.bookingDate) &&
    !contradicts(work, row, line) &&
    !impliesCode(work, row, line)
  );
}

function mayBe(work: Work, row: SnapshotRow, line: OpenLine, isShownHere: boolean): boolean {
  if (hasFacts(line, row)) return true;
  const apart = Math.min(...line.days.map((day) => Math.abs(daysBetween(row.bookingDate, day))));
  if (contradicts(work, row, line) || apart > NOTICE_DAYS) return false;
  if (impliesCode(work, row, line)) return apart === 0;
  if (line.codes.size > 0) return apart === 0 || !isShownHere;
  const { text } = work.read(row);
  if ([...line.texts].some((each) => isFormOf(each, text))) return apart === 0 || !isShownHere;
  return apart === 0 && !isShownHere;
}

function mayBeBatched(work: Work, row: SnapshotRow, before: SnapshotRow): boolean {
  if (before.factsKey === row.factsKey) return true;
  if (before.bookingDate !== row.bookingDate) return false;
  const [one, other] = [work.read(row), work.read(before)];
  if (one.code !== null && other.code !== null) return one.code === other.code;
  return one.code !== null || other.code !== null || isFormOf(one.text, other.text);
}
