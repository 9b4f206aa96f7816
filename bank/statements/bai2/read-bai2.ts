import { statementFault, unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent, StatementReader } from '../statement-reader.ts';
import { readTextLines } from '../text-lines.ts';
import { warn } from '../warnings.ts';
import { createBai2Account, readBai2Day, type Bai2Group } from './bai2-account.ts';
import { isPacked, readBai2Amount, splitRecords, type Bai2Record } from './bai2-records.ts';

/**
 * Reads BAI2. The file states totals and counts on three levels; a wrong one refuses the file, since a record is missing or
 * changed.
 */
export const bai2Reader: StatementReader = {
  name: 'bai2',
  recognises: (head) =>
    /^\s*01,[^,\r\n]*,[^,\r\n]*,[0-9]{6},/.test(head) || /^\s*01,/.test(head.slice(0, 8)),
  async *read(chunks, limits): AsyncGenerator<readonly StatementEvent[]> {
    yield [{ kind: 'file', format: 'bai2' }];
    const file = createFile(limits);
    let packed: boolean | null = null;
    for await (const { firstNumber, lines } of readTextLines(chunks, limits.fileBytesMax)) {
      lines.forEach((line, index) => {
        if (line.trim() === '') return;
        packed ??= isPacked(line);
        for (const record of splitRecords(line, firstNumber + index, packed)) file.record(record);
      });
      yield file.drain();
    }
    file.end();
    yield file.drain();
  },
};

const CONTINUATIONS_MAX = 10_000;

interface Level {
  totalMinor: bigint;
  records: number;
  parts: number;
}

function createFile(limits: StatementLimits) {
  let events: StatementEvent[] = [];
  const file: Level = { totalMinor: 0n, records: 0, parts: 0 };
  let inGroup: { readonly group: Bai2Group; readonly level: Level } | null = null;
  let account: {
    readonly reader: ReturnType<typeof createBai2Account>;
    records: number;
    readonly place: string;
  } | null = null;
  /** The current entry, which 88s may continue. */
  let entry: { readonly record: Bai2Record; readonly more: string[]; isEnded: boolean } | null =
    null;
  /** Number of records 88 and lines of text that continue the current record. */
  let continued = 0;
  let state: 'before' | 'open' | 'closed' = 'before';
  let [statements, entries] = [0, 0];

  const flushEntry = (): void => {
    if (entry === null || account === null) return;
    const read = account.reader.entry(entry.record, entry.more);
    entry = null;
    if (read === null) return;
    entries += 1;
    if (entries > limits.entriesMax)
      throw unreadable(account.place, `the file has more than ${limits.entriesMax} entries`);
    if (read.hasControls)
      events.push({ kind: 'warning', warning: warn('control_characters', read.line.position) });
    events.push({ kind: 'line', line: read.line });
  };

  const openAccount = (record: Bai2Record): void => {
    if (inGroup === null) throw outOfPlace(record);
    statements += 1;
    const place = `statement ${statements}`;
    const reader = createBai2Account(inGroup.group, place);
    reader.addHead(record.rest.split(','));
    account = { reader, records: 1, place };
    // Before its lines, so that a consumer of single lines already knows it.
    if (!inGroup.group.posts)
      events.push({ kind: 'warning', warning: warn('statement_copy', place) });
  };

  const closeAccount = (record: Bai2Record): void => {
    if (account === null || inGroup === null) throw outOfPlace(record);
    flushEntry();
    const { statement, controlMinor } = account.reader.finish();
    check(record, { totalMinor: controlMinor, records: account.records + 1 });
    inGroup.level.totalMinor += controlMinor;
    inGroup.level.records += account.records + 1;
    inGroup.level.parts += 1;
    events.push({ kind: 'statement', statement });
    account = null;
  };

  const closeLevel = (record: Bai2Record, own: Level, parent: Level | null): void => {
    check(record, { ...own, records: own.records + 1 });
    if (parent === null) return;
    parent.totalMinor += own.totalMinor;
    parent.records += own.records + 1;
    parent.parts += 1;
  };

  const goOn = (record: Bai2Record): void => {
    if (account === null) throw outOfPlace(record);
    account.records += 1;
    continued += 1;
    if (continued > CONTINUATIONS_MAX)
      throw unreadable(record.where, `more than ${CONTINUATIONS_MAX} records continue one record`);
    if (entry !== null) {
      entry.more.push(record.rest);
      entry.isEnded = record.isEnded;
    } else account.reader.addHead(record.rest.split(','));
  };

  return {
    record(record: Bai2Record): void {
      if (state === 'closed')
        throw unreadable(record.where, 'it follows the record that ends the file');
      if ((state === 'before') !== (record.code === '01')) throw outOfPlace(record);
      if (record.code !== '88' && record.code !== 'text') continued = 0;
      switch (record.code) {
        case '01':
          state = 'open';
          file.records = 1;
          break;
        case '02':
          if (inGroup !== null) throw outOfPlace(record);
          inGroup = { group: readGroup(record), level: { totalMinor: 0n, records: 1, parts: 0 } };
          break;
        case '03':
          if (account !== null) throw outOfPlace(record);
          openAccount(record);
          break;
        case '16':
          if (account === null) throw outOfPlace(record);
          flushEntry();
          account.records += 1;
          entry = { record, more: [], isEnded: record.isEnded };
          break;
        case '88':
          goOn(record);
          break;
        case 'text':
          if (account === null || entry === null || entry.isEnded)
            throw unreadable(record.where, 'it does not begin with a record code');
          // A text line is not a record: the trailers do not count it.
          account.records -= 1;
          goOn(record);
          break;
        case '49':
          closeAccount(record);
          break;
        case '98':
          if (inGroup === null || account !== null) throw outOfPlace(record);
          closeLevel(record, inGroup.level, file);
          inGroup = null;
          break;
        case '99':
          if (inGroup !== null) throw outOfPlace(record);
          closeLevel(record, file, null);
          state = 'closed';
          break;
      }
    },
    drain(): readonly StatementEvent[] {
      const drained = events;
      events = [];
      return drained;
    },
    end(): void {
      if (state !== 'closed')
        throw statementFault('statement.incomplete', 'file', 'it ends before its record 99');
      if (statements === 0) throw unreadable('file', 'it contains no account');
    },
  };
}

/** Receiver, originator, status, as-of date, time, currency and modifier. */
function readGroup(record: Bai2Record): Bai2Group {
  const [, , status = '', day = '', , currency = '', modifier = ''] = record.rest
    .split(',')
    .map((field) => field.trim());
  if (!/^[1-4]$/.test(status))
    throw unreadable(`${record.where}, status`, 'it is not a valid BAI2 group status');
  return {
    currency: currency === '' ? 'USD' : currency,
    day: readBai2Day(day, `${record.where}, as-of date`),
    // Final previous-day and final same-day data.
    isFinal: modifier === '2' || modifier === '4',
    posts: status === '1',
  };
}

/** Total, then for groups and files the number of their parts, then records. A total of zero may be empty. */
function check(
  record: Bai2Record,
  found: { totalMinor: bigint; records: number; parts?: number },
): void {
  const fields = record.rest.split(',').map((field) => field.trim());
  const expected = [
    found.totalMinor.toString(),
    ...(found.parts === undefined ? [] : [found.parts.toString()]),
    found.records.toString(),
  ];
  expected.forEach((value, index) => {
    const field = fields[index] ?? '';
    if (index === 0 && field === '' && value === '0') return;
    const stated = readBai2Amount(field, `${record.where}, field ${index + 2}`);
    if (stated.toString() !== value)
      throw unreadable(
        `${record.where}, field ${index + 2}`,
        'the total or count differs from the records before it',
      );
  });
}

function outOfPlace(record: Bai2Record) {
  return unreadable(record.where, `record ${record.code} is out of place`);
}
