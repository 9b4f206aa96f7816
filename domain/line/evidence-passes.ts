import { daysBetween, parseLocalDate, type LocalDate } from '../local-date.ts';
import type { Appearance, SnapshotRow } from './identity.ts';
import { createQueues } from './queues.ts';
import { contradicts, dayOf, impliesCode, tieBy, type OpenLine, type Work } from './work.ts';
import { isFormOf } from './wording.ts';

const EPOCH = parseLocalDate('2000-01-01');

/**
 * Ties open rows to open lines by the strongest evidence first. Each pass leaves to the next what it cannot tie, so no
 * row takes a line by weaker evidence than another row has for it.
 */
export function tieByEvidence(work: Work): void {
  tieByWording(
    work,
    ({ source, evidence }) => source === work.reading.source && isWording(evidence),
  );
  tieByWording(work, ({ evidence }) => isWording(evidence));
  tieByBalance(work);
  tieById(work);
  tieByCodeOnDay(work);
  tieByWording(work, ({ evidence }) => evidence === 'count', 'count');
  tieByCode(work);
  tieByText(work);
}

/** A row that only a count tied gives way to any row with better evidence; parts are added up anew in each read. */
function isWording(evidence: Appearance['evidence']): boolean {
  return evidence !== 'count' && evidence !== 'parts';
}

function tieByWording(
  work: Work,
  counts: (appearance: Appearance) => boolean,
  evidence: 'facts' | 'count' = 'facts',
): void {
  tieBy(work, evidence, {
    row: (row) => row.factsKey,
    line: ({ line }) => line.appearances.filter(counts).map(({ factsKey }) => factsKey),
  });
}

function tieByBalance(work: Work): void {
  tieBy(work, 'balance', {
    row: ({ bookingDate, amountMinor, balanceMinor }) =>
      balanceMinor === null ? null : `${bookingDate} ${amountMinor} ${balanceMinor}`,
    line: ({ line }) =>
      line.appearances.flatMap(({ bookingDate, balanceMinor }) =>
        balanceMinor === null ? [] : [`${bookingDate} ${line.amountMinor} ${balanceMinor}`],
      ),
    fits: (row, line) => !contradicts(work, row, line),
  });
}

/** An id that no contract calls stable may be a position in the day: it never says whose a payment is. */
function tieById(work: Work): void {
  const { source } = work.reading;
  tieBy(work, 'id', {
    row: ({ shownId, amountMinor }) => (shownId === null ? null : `${amountMinor} ${shownId}`),
    line: ({ line, isWithin }) =>
      isWithin
        ? line.appearances.flatMap((each) =>
            each.bankId === null ? [] : [`${line.amountMinor} ${each.bankId}`],
          )
        : [],
    fits: (row, line) =>
      !contradicts(work, row, line) &&
      (row.stableId !== null ||
        (!impliesCode(work, row, line) &&
          line.line.appearances.some(
            (each) => each.bankId === row.shownId && each.source === source,
          ))),
  });
}

function tieByCodeOnDay(work: Work): void {
  tieBy(work, 'code', {
    row: (row) => {
      const { code } = work.read(row);
      return code === null ? null : `${row.bookingDate} ${row.amountMinor} ${code}`;
    },
    line: ({ line, codes, days, isFree }) =>
      isFree
        ? days.flatMap((day) => [...codes].map((code) => `${day} ${line.amountMinor} ${code}`))
        : [],
  });
}

/**
 * Where n rows show an amount for a customer and m lines are known, n − m are new, however far the bank has moved their
 * days: which of them is which changes nothing for the customer.
 */
function tieByCode(work: Work): void {
  tieNearest(
    work,
    'code',
    (row) => {
      const { code } = work.read(row);
      return code === null ? null : `${row.amountMinor} ${code}`;
    },
    ({ line, codes }) => [...codes].map((code) => `${line.amountMinor} ${code}`),
  );
}

function tieByText(work: Work): void {
  const keyOf = (row: SnapshotRow) => {
    const { code, text } = work.read(row);
    return code === null && text !== '' ? `${row.amountMinor} ${text}` : null;
  };
  const keysOf = ({ line, codes, texts }: OpenLine) =>
    codes.size > 0 ? [] : [...texts].map((text) => `${line.amountMinor} ${text}`);
  tieNearest(work, 'text', keyOf, keysOf);
  tieBy(work, 'text', {
    row: (row) => (work.read(row).code === null ? `${row.bookingDate} ${row.amountMinor}` : null),
    line: ({ line, codes, days, isFree }) =>
      isFree && codes.size === 0 ? days.map((day) => `${day} ${line.amountMinor}`) : [],
    fits: (row, line) => isFormOfAny(line.texts, work.read(row).text),
  });
}

function isFormOfAny(texts: ReadonlySet<string>, text: string): boolean {
  for (const each of texts) if (isFormOf(each, text)) return true;
  return false;
}

/** Ties rows and free lines of one key, the nearest days first; in single rows only of one day. */
function tieNearest(
  work: Work,
  evidence: 'code' | 'text',
  keyOf: (row: SnapshotRow) => string | null,
  keysOf: (line: OpenLine) => readonly string[],
): void {
  const rows = work.rows().flatMap((row) => {
    const key = keyOf(row);
    return key === null ? [] : [{ row, key }];
  });
  if (rows.length === 0) return;
  const isWhole = work.reading.scope.kind === 'complete';
  // Of a day that the read does not cover, it cannot say how many lines there are.
  const free = work.lines().filter(({ isFree, isWithin }) => isFree && (isWithin || !isWhole));
  const queues = createQueues(free, (line) => keysOf(line).map((key) => `${key} ${dateOf(line)}`));
  const shown = new Set(rows.map(({ row }) => numberOf(row.bookingDate)));
  const known = new Set(free.map(dateOf));
  const distances = [...shown].flatMap((day) => [...known].map((other) => Math.abs(day - other)));
  let open = rows;
  for (const apart of [...new Set(isWhole ? distances : [0])].toSorted((a, b) => a - b)) {
    open = open.filter(({ row, key }) => {
      const day = numberOf(row.bookingDate);
      const line = queues.first([`${key} ${day - apart}`, `${key} ${day + apart}`]);
      if (line === undefined) return true;
      queues.take(line);
      work.tie(row, line, evidence);
      return false;
    });
  }
}

/** A day as a number that can be counted from. */
function numberOf(day: LocalDate): number {
  return daysBetween(EPOCH, day);
}

function dateOf(line: OpenLine): number {
  return numberOf(dayOf(line));
}
