import fc from 'fast-check';
import {
  createLineStore,
  dayOf,
  ONE_ROW,
  wholeDays,
  type BankRow,
  type LineStore,
} from './line-store.ts';

const CUSTOMERS = ['CUS00001234', 'CUS12345671'] as const;
const AMOUNTS = [5_000n, 7_500n] as const;
/** Ways in which a text is worded, and edited later; all of them name the customer. */
const WORDINGS = [
  (code: string) => code,
  (code: string) => `${code} J SMITH`,
  (code: string) => `PAYSHAP ${code}`,
] as const;
/** Statement files word every line in a way of their own. */
const FILES = [
  { source: 'camt.053', word: (code: string) => `${code} EFT` },
  { source: 'mt940', word: (code: string) => `EREF ${code} SVWZ` },
] as const;
const LAST_DAY = 4;

/** What the bank knows of a line; only `key`, `amountMinor` and `code` never change. */
interface BankLine {
  readonly key: number;
  day: number;
  readonly amountMinor: bigint;
  readonly code: string;
  wording: number;
  /** As polls show it. */
  id: string;
  isBooked: boolean;
  /** A statement has told it under its day, which is final then: the balances of two statements would not meet. */
  isStated: boolean;
}

/** Which tricks the bank knows. */
export interface Tricks {
  /** Ids never change, and the poll may trust them. */
  readonly idStable: boolean;
  /** Texts change after they were seen, and webhooks cut them. */
  readonly edits: boolean;
  /** Webhooks come while a snapshot is read. */
  readonly races: boolean;
  /** Statement files tell the same lines in their own words, and again later. */
  readonly files?: 'after polls' | 'at any time';
  /** Lines are booked onto the next day after they were seen. */
  readonly shifts?: boolean;
}

/** A bank that does what real ones do, and the captures of what it shows. */
export function createHostileBank(tricks: Tricks, store: LineStore = createLineStore()) {
  const lines: BankLine[] = [];
  const sent: BankRow[] = [];
  let today = 0;
  let issued = 0;

  const nextId = (): string => `T${(issued += 1)}`;
  const booked = () => lines.filter((line) => line.isBooked);
  const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % from.length];
  const show = (line: BankLine, id: string, wording: number): BankRow => ({
    id,
    day: dayOf(line.day),
    amountMinor: line.amountMinor,
    reference: (WORDINGS[wording % WORDINGS.length] ?? WORDINGS[0])(line.code),
  });
  const notify = (row: BankRow) => store.capture([row], ONE_ROW);
  const addLine = (at: number, late: number, isBooked: boolean): BankLine => {
    const line: BankLine = {
      key: lines.length,
      day: Math.max(0, today - late),
      amountMinor: pick(AMOUNTS, at) ?? 0n,
      code: pick(CUSTOMERS, Math.floor(at / 2)) ?? '',
      wording: Math.floor(at / 4),
      id: nextId(),
      isBooked,
      isStated: false,
    };
    lines.push(line);
    return line;
  };
  const sendWebhook = (line: BankLine, wording: number): void => {
    // A webhook names its line by one id for ever, whatever polls call it.
    const row = show(line, `W${line.key}`, wording);
    sent.push(row);
    notify(tricks.idStable ? { ...row, id: line.id } : row);
  };
  const poll = (turn: number, meanwhile: () => void = () => undefined): void => {
    const rows = booked().map((line) => show(line, line.id, line.wording));
    const storedBefore = store.lines().length;
    meanwhile();
    const cut = turn % Math.max(1, rows.length);
    store.capture(
      [...rows.slice(cut), ...rows.slice(0, cut)],
      wholeDays(dayOf(0), dayOf(today), today === 0 ? '2026-10-31' : dayOf(today - 1)),
      { idStable: tricks.idStable, storedBefore },
    );
  };

  const sendFile = (format: number, first: number, days: number): void => {
    const file = FILES[format % FILES.length] ?? FILES[0];
    const from = Math.min(first, today);
    const to = Math.min(from + days, today);
    const told = booked().filter(({ day }) => day >= from && day <= to);
    for (const line of told) line.isStated = true;
    const rows = told.map((line) => ({
      ...show(line, '', 0),
      id: null,
      reference: file.word(line.code),
    }));
    store.capture(rows, wholeDays(dayOf(from), dayOf(to)), {
      feed: 'file',
      source: file.source,
      idStable: false,
    });
  };

  return {
    store,
    sendFile,
    shift: (at: number) => {
      const line = pick(
        booked().filter(({ isStated }) => !isStated),
        at,
      );
      if (line !== undefined) line.day = Math.min(today, line.day + 1);
    },
    truth: () => booked(),
    newLine: (at: number, late: number) => void addLine(at, late, true),
    pendingLine: (at: number) => void addLine(at, 0, false),
    book: (at: number) => {
      const line = pick(
        lines.filter(({ isBooked }) => !isBooked),
        at,
      );
      if (line === undefined) return;
      line.isBooked = true;
      line.id = nextId();
    },
    twin: (at: number) => {
      const line = pick(booked(), at);
      if (line !== undefined) lines.push({ ...line, key: lines.length, id: nextId() });
    },
    issueIdsAnew: () => {
      for (const line of lines) line.id = nextId();
    },
    edit: (at: number, wording: number) => {
      const line = pick(booked(), at);
      if (line !== undefined) line.wording = wording;
    },
    webhook: (at: number, copies: number, wording: number) => {
      const line = pick(booked(), at);
      if (line === undefined) return;
      for (let copy = 0; copy < copies; copy += 1)
        sendWebhook(line, tricks.edits ? wording : line.wording);
    },
    repeatWebhook: (at: number) => {
      const row = pick(sent, at);
      if (row !== undefined && !tricks.idStable) notify(row);
    },
    poll,
    /** The webhook is about a line that the snapshot shows under its own wording, or about one too young for it. */
    pollDuringWebhook: (turn: number, at: number, wording: number) =>
      poll(turn, () => {
        const line = at % 2 === 0 ? pick(booked(), at) : undefined;
        sendWebhook(line ?? addLine(at, 0, true), wording);
      }),
    nextDay: () => {
      today = Math.min(LAST_DAY, today + 1);
    },
    /** Every day is over and read, twice. */
    settle: () => {
      today = LAST_DAY + 1;
      poll(0);
      poll(1);
    },
  };
}

export type HostileBank = ReturnType<typeof createHostileBank>;
type Move = fc.Command<object, HostileBank>;

function move(name: string, play: (bank: HostileBank) => void): Move {
  return { check: () => true, run: (_, bank) => play(bank), toString: () => name };
}

/** Moves of a bank with these tricks, as fast-check plays and shrinks them. */
export function movesOf(tricks: Tricks): fc.Arbitrary<Iterable<Move>> {
  const at = fc.nat({ max: 11 });
  const few = fc.nat({ max: 2 });
  const named = (
    name: string,
    make: (a: number, b: number, c: number) => (bank: HostileBank) => void,
  ) => fc.tuple(at, few, few).map(([a, b, c]) => move(`${name}(${a}, ${b}, ${c})`, make(a, b, c)));
  const always = [
    named('newLine', (a, late) => (bank) => bank.newLine(a, late)),
    named('twin', (a) => (bank) => bank.twin(a)),
    named('pendingLine', (a) => (bank) => bank.pendingLine(a)),
    named('book', (a) => (bank) => bank.book(a)),
    named('webhook', (a, copies, wording) => (bank) => bank.webhook(a, copies + 1, wording)),
    named('repeatWebhook', (a) => (bank) => bank.repeatWebhook(a)),
    named('poll', (a) => (bank) => bank.poll(a)),
    named('nextDay', () => (bank) => bank.nextDay()),
  ];
  return fc.commands(
    [
      ...always,
      ...(tricks.idStable ? [] : [named('issueIdsAnew', () => (bank) => bank.issueIdsAnew())]),
      ...(tricks.edits ? [named('edit', (a, wording) => (bank) => bank.edit(a, wording))] : []),
      ...(tricks.files === undefined
        ? []
        : [
            named('sendFile', (a, format, days) => (bank) => {
              if (tricks.files === 'after polls') bank.poll(a);
              bank.sendFile(format, a % 5, days);
            }),
          ]),
      ...(tricks.shifts === true ? [named('shift', (a) => (bank) => bank.shift(a))] : []),
      ...(tricks.races
        ? [
            named(
              'pollDuringWebhook',
              (a, turn, wording) => (bank) => bank.pollDuringWebhook(turn, a, wording),
            ),
          ]
        : []),
    ],
    { maxCommands: 30, size: 'max' },
  );
}
