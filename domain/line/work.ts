import { groupBy } from '../group-by.ts';
import type { LocalDate } from '../local-date.ts';
import type { CustomerCode } from '../reference/customer-code.ts';
import type { Evidence, KnownLine, SnapshotRow, SnapshotScope, Tie } from './identity.ts';
import type { FeedKind } from './sighting.ts';
import { createQueues } from './queues.ts';
import { createReader, type Wording } from './wording.ts';

/** What is read, and by which source: the poll, the webhook, or one file format. */
export interface Reading {
  readonly feed: FeedKind;
  readonly source: string;
  readonly scope: SnapshotScope;
}

/** A known line that no row shows yet, as the passes compare it. */
export interface OpenLine {
  readonly line: KnownLine;
  /** The codes that its wordings name; where none does, the code of the wallet that people credited. */
  readonly codes: ReadonlySet<CustomerCode>;
  /** Its texts, each as the facts key has it. */
  readonly texts: ReadonlySet<string>;
  /** The days under which it was shown; the last one is the bank's latest word. */
  readonly days: readonly LocalDate[];
  /** This source has shown it before. */
  readonly isShownHere: boolean;
  /** The read covers its latest day. */
  readonly isWithin: boolean;
  /** The read would have shown it as it was: this source showed it, and now it is not there. */
  readonly isGone: boolean;
  /** It may be a row of this read under other facts. */
  readonly isFree: boolean;
  /** A held line stands for its money already, as the bank's correction: only its own facts or id bring it back. */
  readonly isClaimed: boolean;
}

/** The rows and lines that nothing has tied yet, and the ties so far. */
export interface Work {
  readonly reading: Reading;
  readonly ties: readonly Tie[];
  /** Ids that are declared stable and stand on several rows of this read all the same. */
  readonly idsShownTwice: ReadonlySet<string>;
  /** The amounts beside an id, of all rows of this read, and of the webhooks of all lines. */
  readonly amountsOf: (bankId: string) => readonly bigint[];
  rows(): readonly SnapshotRow[];
  lines(): readonly OpenLine[];
  tie(row: SnapshotRow, line: OpenLine, evidence: Evidence): void;
  /** Marks a line as shown without a row of its own. */
  show(line: OpenLine): void;
  readonly read: (said: { readonly references: readonly string[] }) => Wording;
}

/** Rows and lines of equal facts, and what is left over on both sides. */
export interface Matched {
  readonly known: readonly KnownLine[];
  readonly ties: readonly Tie[];
  readonly rows: readonly SnapshotRow[];
  readonly lines: readonly KnownLine[];
}

/** Pairs rows and lines of equal facts, n with n; answers what is left over on both sides, in order. */
export function matchFacts(known: readonly KnownLine[], rows: readonly SnapshotRow[]): Matched {
  const free = groupBy(known, (line) => line.factsKey);
  for (const lines of free.values()) lines.reverse();
  const ties: Tie[] = [];
  const left = rows.filter((row) => {
    const line = free.get(row.factsKey)?.pop();
    if (line === undefined) return true;
    ties.push({ row, lineId: line.lineId, evidence: 'facts' });
    return false;
  });
  const tied = new Set(ties.map(({ lineId }) => lineId));
  return { known, ties, rows: left, lines: known.filter((line) => !tied.has(line.lineId)) };
}

/** @param paired the rows and lines whose facts are paired already, and those that are left over */
export function beginWork(paired: Matched, reading: Reading): Work {
  const read = createReader();
  const matched = keepCustomers(paired, read);
  const ties: Tie[] = [...matched.ties];
  const openRows = new Set(matched.rows);
  const claimed = new Set(
    matched.known.flatMap(({ hold }) =>
      hold === null || hold.reason === 'possible_duplicate' ? [] : (hold.besideLineId ?? []),
    ),
  );
  const openLines = new Set(
    matched.lines.map((line) => openLine(line, { ...reading, claimed }, read)),
  );
  const shown = [...ties.map(({ row }) => row), ...matched.rows];
  const told = matched.known.flatMap(({ appearances }) =>
    appearances.filter(({ feed }) => feed === 'webhook'),
  );
  const amounts = groupBy(
    [
      ...shown.map(({ amountMinor, shownId: id }) => ({ id, amountMinor })),
      ...told.map(({ amountMinor, bankId: id }) => ({ id, amountMinor })),
    ],
    ({ id }) => id ?? '',
  );
  return {
    reading,
    ties,
    amountsOf: (bankId) => (amounts.get(bankId) ?? []).map(({ amountMinor }) => amountMinor),
    idsShownTwice: idsShownTwice(shown),
    rows: () => [...openRows],
    lines: () => [...openLines],
    tie: (row, line, evidence) => {
      openRows.delete(row);
      openLines.delete(line);
      ties.push({ row, lineId: line.line.lineId, evidence });
    },
    show: (line) => void openLines.delete(line),
    read,
  };
}

/**
 * A line whose own words name no customer may have been credited to the one whom a later wording names. It keeps the row
 * of that customer, even where another row has its first words.
 */
function keepCustomers(matched: Matched, read: Work['read']): Matched {
  const named = groupBy(
    matched.known.flatMap((line) =>
      read(line).code === null
        ? line.appearances.flatMap(({ bookingDate, ...each }) => {
            const { code } = read(each);
            const key = `${bookingDate} ${line.amountMinor} ${code ?? ''}`;
            return code === null ? [] : [{ key, lineId: line.lineId }];
          })
        : [],
    ),
    ({ key }) => key,
  );
  if (named.size === 0) return matched;
  const ties = new Map(matched.ties.map((tie) => [tie.lineId, tie]));
  const isNameless = ({ lineId }: { readonly lineId: string }) => {
    const tie = ties.get(lineId);
    return tie !== undefined && read(tie.row).code === null;
  };
  const rows = matched.rows.map((row) => {
    const { code } = read(row);
    const lines = named.get(`${row.bookingDate} ${row.amountMinor} ${code ?? ''}`);
    const lineId = code === null ? undefined : lines?.find(isNameless)?.lineId;
    const tie = lineId === undefined ? undefined : ties.get(lineId);
    if (lineId === undefined || tie === undefined) return row;
    ties.set(lineId, { ...tie, row });
    return tie.row;
  });
  return { ...matched, ties: [...ties.values()], rows };
}

function idsShownTwice(rows: readonly SnapshotRow[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { stableId } of rows) {
    if (stableId === null) continue;
    if (seen.has(stableId)) twice.add(stableId);
    seen.add(stableId);
  }
  return twice;
}

/** Prepares a line for comparison. */
function openLine(
  line: KnownLine,
  { claimed, scope, source }: Reading & { readonly claimed: ReadonlySet<string> },
  read: Work['read'],
): OpenLine {
  const shown = line.appearances;
  const days = [line.bookingDate, ...shown.map(({ bookingDate }) => bookingDate)];
  const day = days.at(-1) ?? line.bookingDate;
  const isShownHere = shown.some((each) => each.source === source);
  const isWithin = scope.kind === 'complete' && day >= scope.from && day <= scope.to;
  return {
    line,
    codes: codesOf(line, read),
    texts: new Set([read(line).text, ...shown.map((each) => read(each).text)]),
    days,
    isShownHere,
    isWithin,
    isGone: isWithin && isShownHere && line.storedBeforeSnapshot,
    isFree: !claimed.has(line.lineId) && (isWithin || !isShownHere),
    isClaimed: claimed.has(line.lineId),
  };
}

function codesOf(line: KnownLine, read: Work['read']): ReadonlySet<CustomerCode> {
  const { code } = read(line);
  if (code !== null) return new Set([code]);
  // A part of it, or its total, is not a wording of the line.
  const later = line.appearances.flatMap((each) =>
    each.evidence === 'parts' ? [] : (read(each).code ?? []),
  );
  return new Set(later.length === 0 && line.ownerCode !== null ? [line.ownerCode] : later);
}

/** The bank's latest word of a line's day. */
export function dayOf(line: OpenLine): LocalDate {
  return line.days.at(-1) ?? line.line.bookingDate;
}

/** Keys under which rows of the same customer find a line: its codes, or the empty text where it names none. */
export function codesOrNone({ codes }: OpenLine): readonly string[] {
  return codes.size === 0 ? [''] : [...codes];
}

/** The day of the row is over, and the read shows it whole. */
export function isClosed({ reading: { scope } }: Work, { bookingDate }: SnapshotRow): boolean {
  return (
    scope.kind === 'complete' && bookingDate >= scope.from && bookingDate <= scope.lastClosedDay
  );
}

/** The lines that nothing has tied yet, by each id under which they were shown. */
export function linesById(work: Work): ReadonlyMap<string, readonly OpenLine[]> {
  const lines = new Map<string, OpenLine[]>();
  for (const line of work.lines()) {
    for (const id of new Set(line.line.appearances.flatMap(({ bankId }) => bankId ?? []))) {
      const known = lines.get(id);
      if (known === undefined) lines.set(id, [line]);
      else known.push(line);
    }
  }
  return lines;
}

/** Two texts name two customers. */
export function contradicts(work: Work, row: SnapshotRow, line: OpenLine): boolean {
  const { code } = work.read(row);
  return code !== null && line.codes.size > 0 && !line.codes.has(code);
}

/** One side names a customer, and the other none. */
export function impliesCode(work: Work, row: SnapshotRow, line: OpenLine): boolean {
  return (work.read(row).code === null) !== (line.codes.size === 0);
}

/** Ties each open row, in order, to the first open line with a common key that fits it. */
export function tieBy(
  work: Work,
  evidence: Evidence,
  by: {
    readonly row: (row: SnapshotRow) => string | null;
    readonly line: (line: OpenLine) => Iterable<string>;
    readonly fits?: (row: SnapshotRow, line: OpenLine) => boolean;
  },
): void {
  const rows = work.rows().flatMap((row) => {
    const key = by.row(row);
    return key === null ? [] : [{ row, key }];
  });
  if (rows.length === 0) return;
  const wanted = new Set(rows.map(({ key }) => key));
  const queues = createQueues(work.lines(), (line) =>
    [...by.line(line)].filter((key) => wanted.has(key)),
  );
  for (const { row, key } of rows) {
    const line = queues.first([key], (each) => by.fits?.(row, each) !== false);
    if (line === undefined) continue;
    queues.take(line);
    work.tie(row, line, evidence);
  }
}
