import { createCalendar } from './calendar.ts';
import { NOTICE, type BankLine, type LineDraft, type StatementRow } from './line.ts';
import { createLineStore, type BankState, type LineStore, type Selection } from './line-store.ts';
import type { Random } from './random.ts';
import type { SimulatorSettings } from './settings.ts';
import { createStatementBook, OPENING_MINOR } from './statement-book.ts';

/** One account at the simulated bank, and the truth about it. */
export interface Bank {
  today(): string;
  nextRandom(): Random;
  lines(): readonly BankLine[];
  select(selection: Selection): readonly BankLine[];
  addLines(drafts: readonly LineDraft[]): readonly BankLine[];
  /** Books pending lines today, with a new id and order, as banks do. */
  bookPending(selection: Selection): readonly BankLine[];
  reissueIds(selection: Selection): readonly BankLine[];
  change(
    line: BankLine,
    changes: Partial<
      Pick<BankLine, 'reference' | 'description' | 'amountMinor' | 'id' | 'bookingDate'>
    >,
  ): void;
  withdraw(selection: Selection): readonly BankLine[];
  /** Both days included, newest first. */
  statement(from: string, to: string): readonly StatementRow[];
  balanceMinor(): bigint;
  /** Balance before the first line. */
  readonly openingMinor: bigint;
  onBooked(listener: (lines: readonly BankLine[]) => void): void;
  state(): BankState;
  restore(state: BankState | null): void;
}

export function createBank(settings: Pick<SimulatorSettings, 'seed' | 'timeZone' | 'now'>): Bank {
  const dayOf = createCalendar(settings.timeZone);
  const book = createStatementBook(() => store.lines());
  const store = createLineStore(settings.seed, book.forget);
  const listeners: ((lines: readonly BankLine[]) => void)[] = [];

  const today = () => dayOf(settings.now());
  const tellBooked = (lines: readonly BankLine[]) => {
    const booked = lines.filter((line) => line.status === 'booked');
    for (const listener of listeners) listener(booked);
    return lines;
  };

  return {
    today,
    nextRandom: store.nextRandom,
    lines: store.lines,
    select: store.select,
    addLines: (drafts) => tellBooked(drafts.map((draft) => addLine(store, draft))),
    bookPending(selection) {
      const pending = store.select(selection).filter((line) => line.status === 'pending');
      return tellBooked(pending.map((line) => bookLine(store, line, today())));
    },
    reissueIds: (selection) => store.select(selection).map((line) => reissueId(store, line)),
    change(line, changes) {
      store.put({ ...line, ...changes });
    },
    withdraw(selection) {
      const gone = store.select(selection);
      for (const line of gone) store.remove(line);
      return gone;
    },
    statement: book.read,
    balanceMinor: book.balanceMinor,
    openingMinor: OPENING_MINOR,
    onBooked: (listener) => {
      listeners.push(listener);
    },
    state: store.state,
    restore: store.restore,
  };
}

function addLine(store: LineStore, draft: LineDraft): BankLine {
  const fresh = store.newId();
  return store.put({
    ...draft,
    key: `L${fresh.slice(1)}`,
    id: draft.id ?? fresh,
    postedOrder: draft.status === 'booked' ? store.newOrder() : 0,
    expectation: draft.amountMinor === 0n ? NOTICE : draft.expectation,
  });
}

function bookLine(store: LineStore, line: BankLine, today: string): BankLine {
  return store.put({
    ...line,
    status: 'booked',
    id: store.newId(),
    bookingDate: today,
    postedOrder: store.newOrder(),
  });
}

function reissueId(store: LineStore, line: BankLine): BankLine {
  return store.put({
    ...line,
    id: store.newId(),
    postedOrder: line.status === 'booked' ? store.newOrder() : 0,
  });
}
