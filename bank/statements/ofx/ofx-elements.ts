import { statementFault, unreadable } from '../statement-fault.ts';

/** An aggregate with its leaves; a repeated leaf keeps its first value. */
export interface OfxAggregate {
  readonly name: string;
  readonly leaves: ReadonlyMap<string, string>;
  /** Leaves with two different values. */
  readonly ambiguous: ReadonlySet<string>;
  /** Names of the aggregates around it, outermost first. */
  readonly path: readonly string[];
}

export interface OfxVisitor {
  opened(name: string): void;
  /** Called for each leaf with its text, as soon as it is read. */
  leaf(name: string, value: string): void;
  closed(aggregate: OfxAggregate): void;
}

const DEPTH_MAX = 40;
const TEXT_CHARS_MAX = 64 * 1024;
/** A tag, and the text up to the next one: CDATA and a raw `<` are text. */
const TOKEN =
  /<(\/?)([A-Za-z][A-Za-z0-9._]*)\s*(\/?)>([^<]*(?:<(?:!\[CDATA\[[^]*?\]\]>|(?![A-Za-z/?!]))[^<]*)*)/y;
/** Sections without tags. */
const SECTIONS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
] as const;
/** Aggregates that are read here: without their end tags, others would be lost in them. */
const NEEDS_END =
  /^(?:OFX|STMTTRNP?|(?:CC)?STMT(?:TRN)?RS|BANKTRANLISTP?|LEDGERBAL|(?:BANK|CC)ACCT(?:FROM|TO)|CURRENCY|PAYEE|STATUS|[A-Z]+MSGSRSV[0-9])$/;

/**
 * Reads the body of an OFX file as a stream of closed aggregates: SGML, where a leaf has no end tag, and XML alike. An empty
 * leaf without an end tag looks like an aggregate until the aggregate around it closes, which then takes over its seeming
 * content. DOCTYPE and everything else that begins with `<!` is refused.
 * @throws CodedError `statement.unreadable` · `statement.incomplete` where the file ends before `</OFX>`
 */
export function createOfxElements(visitor: OfxVisitor) {
  const stack: Open[] = [];
  let pending = '';
  let isDone = false;
  let tokens = 0;

  const close = (name: string): void => {
    const top = stack.at(-1);
    if (top === undefined) throw unreadable(place(), 'an end tag closes nothing');
    if (top.name === name) {
      stack.pop();
      const { leaves, ambiguous } = top;
      visitor.closed({ name, leaves, ambiguous, path: stack.map((each) => each.name) });
      if (stack.length === 0) isDone = true;
      return;
    }
    if (!stack.some((each) => each.name === name)) {
      const other = TAKEN_FOR.get(name);
      if (other === undefined || top.name !== other)
        throw unreadable(place(), 'an end tag closes nothing');
      close(other);
      return;
    }
    if (NEEDS_END.test(top.name)) throw unreadable(place(), `a ${top.name} before it has no end`);
    stack.pop();
    const around = stack.at(-1);
    if (around !== undefined) {
      keepLeaf(around, top.name, '');
      for (const [leaf, value] of top.leaves) keepLeaf(around, leaf, value);
      for (const leaf of top.ambiguous) around.ambiguous.add(leaf);
    }
    close(name);
  };
  const place = () => `element ${tokens}`;

  const take = (slash: string, name: string, empty: string, text: string): void => {
    tokens += 1;
    if (text.length > TEXT_CHARS_MAX) throw unreadable(place(), 'a text is too long');
    if (isDone) throw unreadable(place(), 'content follows its end');
    const value = text.trim();
    if (slash !== '') {
      const leaf = stack.at(-1)?.leaves;
      // Skips the end tag of a leaf with text, as XML writes it.
      if (leaf?.has(name) !== true || stack.at(-1)?.name === name) close(name);
      if (value !== '') throw unreadable(place(), 'there is text between elements');
    } else if (value !== '' || empty !== '') {
      const top = stack.at(-1);
      if (top === undefined) throw unreadable(place(), 'there is text outside the OFX element');
      const plain = plainText(value);
      keepLeaf(top, name, plain);
      visitor.leaf(name, plain);
    } else {
      if (stack.length === 0 && name !== 'OFX')
        throw unreadable(place(), 'the file does not begin with OFX');
      if (stack.length >= DEPTH_MAX) throw unreadable(place(), 'it is nested too deeply');
      stack.push({ name, leaves: new Map(), ambiguous: new Set() });
      visitor.opened(name);
    }
  };

  return {
    write(text: string, isLast: boolean): void {
      pending += text;
      // A text is complete once the next tag begins.
      const end = isLast ? pending.length : lastTagStart(pending);
      if (end <= 0) {
        if (pending.length > TEXT_CHARS_MAX) throw unreadable(place(), 'a text or tag is too long');
        return;
      }
      const ready = pending.slice(0, end);
      pending = pending.slice(end);
      let at = 0;
      while (at < ready.length) {
        TOKEN.lastIndex = at;
        const match = TOKEN.exec(ready);
        if (match === null) {
          const rest = ready.slice(at);
          const skipped = /^(?:\s+|<\?[^>]*\?>|<!--[^]*?-->)/.exec(rest);
          if (skipped === null)
            throw /^<[^>]*$/.test(rest) && isLast
              ? statementFault('statement.incomplete', place(), 'it ends inside a tag')
              : unreadable(place(), 'it is neither a tag nor a text');
          at += skipped[0].length;
          continue;
        }
        at += match[0].length;
        take(match[1] ?? '', (match[2] ?? '').toUpperCase(), match[3] ?? '', match[4] ?? '');
      }
    },
    end(): void {
      if (!isDone)
        throw statementFault('statement.incomplete', place(), 'it ends before its last end tag');
    },
  };
}

/** Some banks end a card statement with the tag of an account statement. */
const TAKEN_FOR = new Map([
  ['STMTRS', 'CCSTMTRS'],
  ['CCSTMTRS', 'STMTRS'],
]);

interface Open {
  readonly name: string;
  readonly leaves: Map<string, string>;
  readonly ambiguous: Set<string>;
}

function keepLeaf(open: Open, name: string, value: string): void {
  const kept = open.leaves.get(name);
  if (kept === undefined || kept === '') open.leaves.set(name, value);
  else if (value !== '' && value !== kept) open.ambiguous.add(name);
}

/** Start of the last tag outside comments and CDATA, -1 if none. */
function lastTagStart(text: string): number {
  let at = text.lastIndexOf('<');
  while (at !== -1) {
    const section = /[A-Za-z/?]/.test(text.charAt(at + 1)) ? sectionAround(text, at) : at;
    if (section === null) return at;
    at = section === 0 ? -1 : text.lastIndexOf('<', section - 1);
  }
  return -1;
}

/** Start of the comment or CDATA that is open at `at`. */
function sectionAround(text: string, at: number): number | null {
  for (const [opening, closing] of SECTIONS) {
    const start = text.lastIndexOf(opening, at);
    const end = start === -1 ? -1 : text.indexOf(closing, start);
    if (start !== -1 && (end === -1 || end > at)) return start;
  }
  return null;
}

/** Text with CDATA unchanged and entities resolved. */
function plainText(text: string): string {
  if (!text.includes('<![CDATA[')) return unescape(text);
  return text
    .split(/<!\[CDATA\[([^]*?)\]\]>/)
    .map((part, index) => (index % 2 === 1 ? part : unescape(part)))
    .join('')
    .trim();
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** A raw `&` is common in these files and stays unchanged. */
function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#([0-9]{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,4}));/gi,
    (whole, decimal, hex, name) => {
      if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? whole;
      const code = typeof decimal === 'string' ? Number(decimal) : parseInt(String(hex), 16);
      const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
      return isCharacter ? String.fromCodePoint(code) : '';
    },
  );
}
