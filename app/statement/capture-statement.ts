import { entryToCapture } from '../../bank/statements/capture-entries.ts';
import { parseCsvProfile } from '../../bank/statements/csv/csv-profile.ts';
import { readStatementEvents } from '../../bank/statements/parse-statement-file.ts';
import type { StatementEvent } from '../../bank/statements/statement-reader.ts';
import { addRunCapture, insertRun, markLostImport } from '../../db/queries/runs.ts';
import {
  addFileProgress,
  findFileOrders,
  markFile,
  readStatementFile,
  type FileOrders,
} from '../../db/queries/statement-files.ts';
import { CodedError, isCoded } from '../../domain/errors.ts';
import type { HoldReason } from '../../domain/line/identity.ts';
import { signedMinor, type Sighting } from '../../domain/line/sighting.ts';
import { parseCurrency } from '../../domain/money/money.ts';
import type { StatementLine } from '../../domain/line/statement.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import { captureLinesIn } from '../capture/capture-lines.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { addShownAfter } from '../../db/queries/statements.ts';
import { recordStatements, type StatementPlan } from './record-statements.ts';
import { groupDays } from './statement-groups.ts';
import { surveyStatement, type Survey } from './survey-statement.ts';

/** The database that holds the file, and the clock of the capture. */
export interface CaptureContext {
  readonly database: Database;
  readonly clock: () => Date;
}

export interface CaptureStatementInput {
  readonly accountKey: string;
  readonly fileId: string;
  readonly runId: string;
}

export interface CaptureStatementOutput {
  readonly linesSeen: number;
  readonly linesNew: number;
  readonly depositsNew: number;
  /** Statements whose balances contradict their lines: they are recorded, and captured only after their release. */
  readonly proofsFailed: number;
}

const NOTHING = { linesSeen: 0, linesNew: 0, depositsNew: 0, proofsFailed: 0 };

/**
 * Reads a stored statement file whole, then again to capture it in groups of whole days, one transaction each. Memory
 * does not grow with the file, and a repeat finds the lines of an earlier attempt known.
 * @throws CodedError `statement.…` if the file is incomplete, not understood, or of another account
 */
export async function captureStatement(
  context: CaptureContext,
  input: CaptureStatementInput,
): Promise<CaptureStatementOutput> {
  const { database } = context;
  await insertRun(database, { runId: input.runId, accountKey: input.accountKey, kind: 'import' });
  const orders = await findFileOrders(database, input.fileId);
  if (orders === null) throw new CodedError('statement.not_found', 'Statement file not found.');
  try {
    await markLostImport(database, input);
    await markFile(database, input.fileId, { state: 'reading', runId: input.runId });
    const survey = await surveyStatement(eventsOf(context, input, orders), () => undefined);
    const plans = await recordStatements(database, {
      ...input,
      survey,
      isReleased: orders.isReleased,
      numberGiven: orders.accountNumber,
      now: context.clock(),
    });
    const captured = await captureFile(context, input, { orders, survey, plans });
    const isHeld = plans.some(({ state }) => state === 'held');
    await markFile(database, input.fileId, {
      state: isHeld ? 'held' : 'captured',
      format: survey.format,
      ...(isHeld ? { errorCode: 'statement.proof_failed' } : {}),
    });
    return captured;
  } catch (error) {
    if (isCoded(error) && error.code.startsWith('statement.')) {
      const { where, number } = error.details;
      await markFile(database, input.fileId, {
        state: 'refused',
        errorCode: error.code,
        errorWhere:
          typeof where === 'string'
            ? where
            : typeof number === 'string'
              ? `account number ${number}`
              : null,
      });
    }
    throw error;
  }
}

function eventsOf(
  context: CaptureContext,
  input: CaptureStatementInput,
  orders: FileOrders,
): AsyncGenerator<readonly StatementEvent[]> {
  return readStatementEvents(readStatementFile(context.database, input.fileId), {
    currency: parseCurrency(orders.currency),
    provisional: orders.provisional,
    acceptsOpenEnd: orders.acceptsOpenEnd,
    ...(orders.format === null ? {} : { format: orders.format }),
    ...(orders.profile === null ? {} : { profile: parseCsvProfile(orders.profile) }),
  });
}

interface Reading {
  readonly orders: FileOrders;
  readonly survey: Survey;
  readonly plans: readonly StatementPlan[];
}

async function captureFile(
  context: CaptureContext,
  input: CaptureStatementInput,
  reading: Reading,
): Promise<CaptureStatementOutput> {
  const { survey, plans } = reading;
  let totals: CaptureStatementOutput = {
    ...NOTHING,
    linesSeen: survey.statements.reduce((sum, { lineCount }) => sum + lineCount, 0),
    proofsFailed: plans.filter(({ state }) => state === 'held').length,
  };
  await addRunCapture(context.database, {
    ...totals,
    runId: input.runId,
    from: null,
    to: null,
    held: 0,
  });
  let position = 0;
  let statement = beginStatement(reading, position);
  const capture = async (index: number) => {
    const found = await captureGroup(context, input, { reading, position, statement, index });
    totals = {
      ...totals,
      linesNew: totals.linesNew + found.linesNew,
      depositsNew: totals.depositsNew + found.depositsNew,
    };
  };
  for await (const stretch of eventsOf(context, input, reading.orders)) {
    for (const event of stretch) {
      if (event.kind === 'line' && statement.isCaptured) {
        const index = statement.groupOf.get(event.line.bookingDate) ?? -1;
        const waiting = statement.waiting[index];
        waiting?.push(event.line);
        if (waiting?.length === statement.groups[index]?.lineCount) await capture(index);
      } else if (event.kind === 'statement') {
        // A statement without lines still proves that its days have none.
        for (const [index, group] of statement.groups.entries())
          if (statement.isCaptured && group.lineCount === 0) await capture(index);
        position += 1;
        statement = beginStatement(reading, position);
      }
    }
  }
  return totals;
}

function beginStatement({ survey, plans }: Reading, position: number) {
  const surveyed = survey.statements[position];
  if (surveyed === undefined)
    return { isCaptured: false, groups: [], groupOf: new Map<string, number>(), waiting: [] };
  const shared = plans[position]?.sharedDays ?? [];
  const { groups, groupOf } = groupDays(
    surveyed,
    shared.map(({ day }) => day),
  );
  const state = plans[position]?.state;
  return {
    isCaptured: state === 'captured' || state === 'released',
    groups,
    groupOf,
    waiting: groups.map((): StatementLine[] => []),
  };
}

async function captureGroup(
  context: CaptureContext,
  input: CaptureStatementInput,
  at: {
    readonly reading: Reading;
    readonly position: number;
    readonly statement: ReturnType<typeof beginStatement>;
    readonly index: number;
  },
): Promise<{ readonly linesNew: number; readonly depositsNew: number }> {
  const { survey, plans } = at.reading;
  const group = at.statement.groups[at.index];
  const lines = at.statement.waiting[at.index]?.splice(0) ?? [];
  if (group === undefined) return NOTHING;
  const entries = lines.map((line) =>
    entryToCapture(line, survey.entryWarnings.get(line.position) ?? new Set()),
  );
  const sightings = entries.flatMap((entry) => entry.sightings);
  const currency = survey.statements[at.position]?.summary.currency;
  const plan = plans[at.position];
  const unseen = plan?.holdsUnproved === true ? 'proof_absent' : null;
  const holds = entries.flatMap((entry) => {
    const hold: HoldReason | null = entry.hold === null ? unseen : 'unreadable';
    return entry.sightings.map((each) => (each.currency === currency ? hold : 'currency_mismatch'));
  });
  return context.database.transaction(async (tx) => {
    const found = await captureLinesIn(tx, {
      accountKey: input.accountKey,
      feed: 'file',
      source: survey.format,
      idStable: false,
      runId: input.runId,
      scope:
        lines.length === 0 && group.scope.kind === 'partial' ? { kind: 'partial' } : group.scope,
      startedAt: context.clock(),
      sightings,
      holds,
      disjointRunIds:
        group.scope.kind === 'complete'
          ? []
          : (plan?.sharedDays ?? []).flatMap(({ runIds }) => runIds),
    });
    await addTail(tx, input, {
      position: at.position,
      sightings: sightings.filter((each) => each.currency === currency),
      wholeUntil: plan?.wholeUntil ?? null,
    });
    await addRunCapture(tx, { ...found, linesSeen: 0, runId: input.runId, from: null, to: null });
    await addFileProgress(tx, {
      fileId: input.fileId,
      position: at.position,
      linesRead: lines.length,
      linesNew: found.linesNew,
    });
    return found;
  });
}

/** Counts what the ledger has of the lines that the statement shows after its whole days. */
async function addTail(
  tx: Transaction,
  { accountKey, fileId }: CaptureStatementInput,
  shown: {
    readonly position: number;
    readonly sightings: readonly Sighting[];
    readonly wholeUntil: LocalDate | null;
  },
): Promise<void> {
  const { position, wholeUntil } = shown;
  if (wholeUntil === null) return;
  const days = new Set<LocalDate>();
  const amounts = new Map<bigint, number>();
  for (const sighting of shown.sightings) {
    if (sighting.status !== 'booked' || sighting.bookingDate <= wholeUntil) continue;
    const minor = signedMinor(sighting);
    days.add(sighting.bookingDate);
    amounts.set(minor, (amounts.get(minor) ?? 0) + 1);
  }
  if (days.size > 0)
    await addShownAfter(tx, { accountKey, fileId, position, days: [...days], amounts });
}
