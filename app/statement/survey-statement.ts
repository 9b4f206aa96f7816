import { ENTRY_WARNINGS, NEVER_POSTS } from '../../bank/statements/capture-entries.ts';
import type { StatementEvent, StatementSummary } from '../../bank/statements/statement-reader.ts';
import { CodedError } from '../../domain/errors.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import { signedMinor } from '../../domain/line/sighting.ts';
import type { StatementFormat, StatementLine } from '../../domain/line/statement.ts';

/** One statement of a file without its lines. */
export interface SurveyedStatement {
  readonly summary: StatementSummary;
  readonly lineCount: number;
  /** How many lines each booking day has. */
  readonly days: ReadonlyMap<LocalDate, number>;
  readonly firstBookedDay: LocalDate | null;
  readonly lastBookedDay: LocalDate | null;
  /** Signed sum of the booked lines in the statement's currency. */
  readonly bookedMinor: bigint;
  /** A copy, or a statement that may still change: it is recorded, and none of its lines posts. */
  readonly neverPosts: boolean;
}

/** The counts of a file that was read to its end; its text is not kept. */
export interface Survey {
  readonly format: StatementFormat;
  readonly statements: readonly SurveyedStatement[];
  /** Codes of the warnings that matter to capture, by the entry's position. */
  readonly entryWarnings: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Reads a file whole before capture: a file that is truncated or wrong at its end leaves no line behind.
 * @throws CodedError as the readers do
 */
export async function surveyStatement(
  events: AsyncIterable<readonly StatementEvent[]>,
  onStretch: () => void,
): Promise<Survey> {
  let format: StatementFormat | null = null;
  let days = new Map<LocalDate, number>();
  let lineCount = 0;
  let booked = NOTHING_BOOKED;
  const statements: SurveyedStatement[] = [];
  const neverPost = new Set<string>();
  const entryWarnings = new Map<string, Set<string>>();
  for await (const stretch of events) {
    for (const event of stretch) {
      if (event.kind === 'file') format = event.format;
      else if (event.kind === 'line') {
        lineCount += 1;
        const { bookingDate } = event.line;
        booked = addBooked(booked, event.line);
        days.set(bookingDate, (days.get(bookingDate) ?? 0) + 1);
      } else if (event.kind === 'statement') {
        const summary = event.statement;
        const { sums, ...bookedDays } = booked;
        statements.push({
          summary,
          lineCount,
          days,
          ...bookedDays,
          bookedMinor: sums.get(summary.currency) ?? 0n,
          neverPosts: false,
        });
        days = new Map();
        lineCount = 0;
        booked = NOTHING_BOOKED;
      } else {
        const { code, where } = event.warning;
        if (NEVER_POSTS.has(code)) neverPost.add(where);
        if (ENTRY_WARNINGS.has(code))
          entryWarnings.set(where, new Set([...(entryWarnings.get(where) ?? []), code]));
      }
    }
    onStretch();
  }
  if (format === null)
    throw new CodedError('internal.unexpected', 'A statement reader did not report the format.');
  return {
    format,
    entryWarnings,
    statements: statements.map((statement, index) => ({
      ...statement,
      neverPosts: neverPost.has(`statement ${index + 1}`),
    })),
  };
}

interface Booked extends Pick<SurveyedStatement, 'firstBookedDay' | 'lastBookedDay'> {
  /** By currency: the statement's own is known at its end. */
  readonly sums: ReadonlyMap<string, bigint>;
}

const NOTHING_BOOKED: Booked = { firstBookedDay: null, lastBookedDay: null, sums: new Map() };

function addBooked(booked: Booked, line: StatementLine): Booked {
  if (line.status !== 'booked') return booked;
  const { firstBookedDay: first, lastBookedDay: last, sums } = booked;
  const day = line.bookingDate;
  return {
    firstBookedDay: first === null || day < first ? day : first,
    lastBookedDay: last === null || day > last ? day : last,
    sums: new Map(sums).set(line.currency, (sums.get(line.currency) ?? 0n) + signedMinor(line)),
  };
}
