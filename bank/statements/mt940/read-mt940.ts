import { statementFault, unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent, StatementReader } from '../statement-reader.ts';
import { readTextLines } from '../text-lines.ts';
import { createMt940Statement, type Mt940Field, type Mt940Statement } from './mt940-statement.ts';

const KNOWN_TAGS = new Set(
  '13 13D 20 21 25 25P 28 28C 34F 60F 60M 61 62F 62M 64 65 86 90C 90D NS'.split(' '),
);
const TAG = /^:([0-9]{2}[A-Z]?|NS):/;
/** The last line of a file that was cut off inside a tag. */
const CUT_TAG = /^:(?:[0-9]{0,2}[A-Z]?|N|NS)$/;
/** Text after the end mark of a message: block 5, the trailers that systems add behind it, and message separators. */
const TRAILER = /^(?:\{[5S]:(?:[^{}]|\{[^{}]*\})*\}\s*)*[\s$\u0001-\u0004]*/;
/** Fields that may start a statement instead of field 20, and the fields between field 20 and the balances. */
const BEGINS = /^(?:25P?|28C?)$/;
const HEAD = /^(?:21|25P?|28C?|NS)$/;
const FIELD_LINES_MAX = 200;

/**
 * Reads MT940 statements and MT942 interim reports, in SWIFT blocks or bare, several in a file, one statement over several pages.
 * A statement ends with its closing balance, a report with its totals or the message's end mark.
 */
export const mt940Reader: StatementReader = {
  name: 'mt940',
  recognises: (head) =>
    /(?:^|[\r\n{]|@@|\{4:):20:/.test(head) && /(?:^|[\r\n]|@@):(?:25P?|28C?|21):/.test(head)
      ? true
      : /^[\s\u0001]*\{1:[^}]*\}/.test(head) || /^:20:/.test(head),
  async *read(chunks, limits: StatementLimits): AsyncGenerator<readonly StatementEvent[]> {
    const messages = createMessages(limits);
    let last = '';
    for await (const stretch of readTextLines(chunks, limits.fileBytesMax)) {
      const { firstNumber, lines, isUnterminated } = stretch;
      last = isUnterminated ? (lines.at(-1) ?? '') : '';
      const events: StatementEvent[] = [];
      lines.forEach((line, index) => {
        const number = firstNumber + index;
        if (!line.includes('@@')) messages.line(line, number, events);
        // Some banks write `@@` as a line end.
        else for (const part of line.split('@@')) messages.line(part, number, events);
      });
      yield events;
    }
    if (CUT_TAG.test(last) || isCutBalance(last))
      throw statementFault('statement.incomplete', 'file', 'it ends inside a field');
    const events: StatementEvent[] = [];
    messages.end(events);
    yield events;
  },
};

/** True for a last line with an available balance that lacks its last digits: nothing else of the file shows that. */
function isCutBalance(line: string): boolean {
  return /^:6[45]:/.test(line) && !/[,.][0-9]{2}[\s}-]*$/.test(line);
}

function createMessages(limits: StatementLimits) {
  let field: { tag: string; lines: string[]; number: number } | null = null;
  /** Fields before the balances: only field 28C decides if they open a new page or a new statement. */
  let head: Mt940Field[] = [];
  let statement: Mt940Statement | null = null;
  /** The account field of the previous statement. */
  let account: Mt940Field | undefined;
  let [statements, entries] = [0, 0];
  let isInBlock = false;
  /** The opening blocks of a message have begun, so a message must follow. */
  let isBeforeBlock = false;
  let isSealed = true;
  /** The bank writes lines of its own before each message. */
  let hasOwnHead = false;
  let hasFormat = false;
  const fingerprints = new Set<string>();

  const finish = (events: StatementEvent[]): void => {
    if (statement === null) return;
    if (statement.state === 'page' && limits.acceptsOpenEnd !== true)
      throw statementFault(
        'statement.incomplete',
        `statement ${statements}`,
        'it ends with an interim balance (:62M:), so another page follows; if none does, accept it with --accept-open-end',
      );
    const { events: last, fingerprint } = statement.finish(isSealed);
    if (fingerprint !== '' && fingerprints.has(fingerprint))
      throw unreadable(`statement ${statements}`, 'it repeats an earlier statement');
    fingerprints.add(fingerprint);
    const { kind } = statement;
    if (!hasFormat) events.push({ kind: 'file', format: kind ?? 'mt940' });
    hasFormat = true;
    events.push(...last);
    statement = null;
  };

  /** Opens the statement of the head fields, or continues the statement that they are a page of. */
  const openStatement = (events: StatementEvent[]): Mt940Statement => {
    const own = head.find(({ tag }) => tag.startsWith('25'));
    // A further statement without a field 20 may also omit the account.
    const named = own ?? (head[0]?.tag === '20' ? undefined : account);
    const number = head.find(({ tag }) => tag.startsWith('28'));
    if (statement?.continuesWith(firstLineOf(named), firstLineOf(number)) !== true) {
      finish(events);
      statements += 1;
      statement = createMt940Statement(`statement ${statements}`);
    }
    for (const each of named === undefined || own !== undefined ? head : [named, ...head])
      statement.take(each);
    account = named;
    head = [];
    return statement;
  };

  const closeField = (events: StatementEvent[]): void => {
    if (field === null) return;
    const closed = field;
    field = null;
    if (closed.tag === '20' || (BEGINS.test(closed.tag) && isBehindStatement())) {
      // A head without a statement below it means that the statement was cut off.
      if (head.length > 0) openStatement(events);
      isSealed = false;
      head = [closed];
    } else if (head.length > 0 && HEAD.test(closed.tag)) head.push(closed);
    else {
      const current = head.length > 0 ? openStatement(events) : statement;
      if (current === null)
        throw unreadable(`line ${closed.number}`, 'a field is outside a message');
      const produced = current.take(closed);
      entries += produced.length > 0 ? 1 : 0;
      if (entries > limits.entriesMax)
        throw unreadable(
          `statement ${statements}`,
          `the file has more than ${limits.entriesMax} entries`,
        );
      if (!hasFormat && current.kind !== null) {
        events.push({ kind: 'file', format: current.kind });
        hasFormat = true;
      }
      events.push(...produced);
    }
  };

  /** Some banks write field 20 only before the first statement. */
  const isBehindStatement = (): boolean =>
    head.length === 0 && statement !== null && statement.state !== 'open';

  const seal = (events: StatementEvent[]): void => {
    closeField(events);
    if (head.length > 0) openStatement(events);
    isSealed = true;
    isInBlock = false;
  };

  const isEntryText = (): boolean =>
    field?.tag === '86' && statement?.state === 'open' && statement.kind === 'mt940';

  const isText = (tag: string): boolean =>
    !KNOWN_TAGS.has(tag) ||
    // No message starts inside an entry's text, whatever a line looks like.
    (isEntryText() && /^(?:20|21|25P?|28C?)$/.test(tag));

  /** Removes the blocks that open a message; another message may not start inside a message. */
  const openBlock = (text: string, number: number): string => {
    if (!text.trimStart().startsWith('{')) return text;
    const block = text.indexOf('{4:');
    if (block === -1) {
      if (isSealed && !/^\s*\{[5S]:/.test(text)) isBeforeBlock = true;
      return text;
    }
    if (isInBlock)
      throw statementFault(
        'statement.incomplete',
        `line ${number}`,
        'the message before it has no end',
      );
    isInBlock = true;
    isBeforeBlock = false;
    return text.slice(block + 3);
  };

  /** @returns the rest of the line after the end of a message */
  const takePart = (part: string, number: number, events: StatementEvent[]): string => {
    // A line that starts with a colon is a field or text, whatever else it contains.
    const text = part.startsWith(':') ? part : openBlock(part, number);
    if (text.startsWith('-}')) {
      seal(events);
      return text.slice(2).replace(TRAILER, '');
    }
    if (text.trim() === '-' && !isEntryText()) {
      // In SWIFT blocks only `-}` ends a message, and this may be a part of it.
      if (isInBlock) closeField(events);
      else seal(events);
      return '';
    }
    const tag = text.startsWith(':') ? TAG.exec(text)?.[1] : undefined;
    if (tag !== undefined && !isText(tag)) {
      closeField(events);
      isBeforeBlock = false;
      field = { tag, lines: [text.slice(tag.length + 2)], number };
    } else if (field !== null && !isSealed && text !== '') {
      if (field.lines.push(text) > FIELD_LINES_MAX)
        throw unreadable(`line ${number}`, `a field has more than ${FIELD_LINES_MAX} lines`);
    } else if (/^[A-Za-z0-9]/.test(text)) {
      // Where a head of the bank's own opened the first message, such a text opens the next one.
      if (statements === 0 && head.length === 0) hasOwnHead = true;
      else if (isSealed && hasOwnHead) isBeforeBlock = true;
    }
    return '';
  };

  return {
    line(raw: string, number: number, events: StatementEvent[]): void {
      let part = withoutFrame(raw);
      while (part !== '') part = takePart(part, number, events);
    },
    end(events: StatementEvent[]): void {
      closeField(events);
      if (head.length > 0) openStatement(events);
      if (statements === 0)
        throw statementFault('statement.incomplete', 'file', 'it ends before its first statement');
      if (isInBlock || isBeforeBlock)
        throw statementFault(
          'statement.incomplete',
          `statement ${statements}`,
          'its message has no end mark',
        );
      finish(events);
    },
  };
}

/** Some banks frame messages in control bytes, padded with blanks. */
function withoutFrame(line: string): string {
  let start = 0;
  while (isFrame(line, start)) start += 1;
  let end = line.length;
  for (let at = end - 1; at >= start && (isFrame(line, at) || line[at] === ' '); at -= 1)
    if (isFrame(line, at)) end = at;
  return start === 0 && end === line.length ? line : line.slice(start, end);
}

function isFrame(line: string, at: number): boolean {
  const code = line.charCodeAt(at);
  return code >= 1 && code <= 4;
}

function firstLineOf(field: Mt940Field | undefined): string {
  return (field?.lines[0] ?? '').trim();
}
