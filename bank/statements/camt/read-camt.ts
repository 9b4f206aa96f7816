import { invariant } from '../../../domain/invariant.ts';
import type { StatementFormat } from '../../../domain/line/statement.ts';
import { statementFault, unreadable } from '../statement-fault.ts';
import type { StatementEvent, StatementReader } from '../statement-reader.ts';
import { textAt, type XmlElement } from '../xml-element.ts';
import { readXml, type XmlVisitor } from '../xml-reader.ts';
import { decodeXml } from '../xml-text.ts';
import { warn } from '../warnings.ts';
import { readDetail, type CamtDetail } from './camt-detail.ts';
import { pagesMissing, refusePartOfMessage } from './camt-pages.ts';
import { createCamtStatement, type CamtStatement } from './camt-statement.ts';

interface Message {
  readonly format: StatementFormat;
  readonly root: string;
  readonly container: string;
}

const MESSAGES: ReadonlyMap<string, Message> = new Map([
  ['052', { format: 'camt.052', root: 'BkToCstmrAcctRpt', container: 'Rpt' }],
  ['053', { format: 'camt.053', root: 'BkToCstmrStmt', container: 'Stmt' }],
  ['054', { format: 'camt.054', root: 'BkToCstmrDbtCdtNtfctn', container: 'Ntfctn' }],
]);

/**
 * Any version: the elements read here have kept their place since 02, except a few that are looked up in both places. SWIFT
 * and the Austrian banks use their own namespaces for the same message.
 */
const NAMESPACE =
  /^(?:urn:iso:std:iso:20022:tech:xsd:|urn:swift:xsd:\$?|ISO:)camt\.(05[234])\.001\.(?!00|01)[0-9]{2}(?::APC:STUZZA:.*)?$/;

/** Swiss banks' mark for test files in the group header; others write `TEST` alone. */
const TEST_MARK = /^(?:SPS\/[0-9.]+\/)?TEST$/i;

/**
 * Reads camt.052, .053 and .054 files: each entry and each part of a batch is mapped as soon as it closes, so that no entry
 * is kept after its event.
 */
export const camtReader: StatementReader = {
  name: 'camt',
  recognises: (head) => /^\s*</.test(head),
  async *read(chunks, limits): AsyncGenerator<readonly StatementEvent[]> {
    const collector = createCollector(limits.entriesMax);
    const visitor = createVisitor(collector);
    const reading = readXml(decodeXml(chunks, limits.fileBytesMax), visitor);
    for (let turn = await reading.next(); turn.done !== true; turn = await reading.next())
      yield collector.drain();
    if (!visitor.hasMessage()) throw unknownXml();
    collector.finish(visitor.message().container);
    yield collector.drain();
  },
};

/** Roots of envelopes: of ISO (with head.001 beside the message, or head.002 around it), SWIFT, SOAP and banks' own. */
const ENVELOPE = /(?:Envlp|Envelope|Message|Msg|Payload|PDU)$|^(?:Xchg|Documents)$/i;

/** Call `message` only after the root of the message has been read. */
function createVisitor(collector: Collector): XmlVisitor & {
  readonly hasMessage: () => boolean;
  readonly message: () => Message;
} {
  let recognised: Message | null = null;
  let messages = 0;
  const message = (): Message => {
    invariant(recognised !== null, 'An element was read before the root was known.');
    return recognised;
  };
  return {
    hasMessage: () => recognised !== null,
    message,
    wraps: (name, _, depth) => name !== 'Document' && (depth > 0 || ENVELOPE.test(name)),
    root(name, namespace) {
      if (recognised !== null)
        throw unreadable('envelope', 'it holds several messages: put each into a file of its own');
      recognised = recogniseMessage(name, namespace);
      collector.begin(recognised.format);
    },
    choose(path) {
      const [, root = '', child = ''] = path;
      if (path.length === 2) {
        if (root !== message().root || messages > 0) {
          throw unreadable('Document', `it contains something other than one ${message().root}`);
        }
        messages += 1;
        return 'enter';
      }
      return path.length === 3 && child === message().container ? 'enter' : 'take';
    },
    takesApart: (path) =>
      path.length === 6 && path[3] === 'Ntry' && path[4] === 'NtryDtls' && path[5] === 'TxDtls',
    taken(element, path) {
      if (path.length === 3) {
        if (element.name === 'GrpHdr') collector.addGroupHeader(element);
      } else {
        collector.add(element);
      }
    },
    left(path) {
      if (path.length === 3) collector.endPage();
    },
  };
}

function recogniseMessage(root: string, namespace: string): Message {
  const kind = NAMESPACE.exec(namespace)?.[1] ?? '';
  const message = root === 'Document' ? MESSAGES.get(kind) : undefined;
  if (message !== undefined) return message;
  throw unknownXml();
}

function unknownXml() {
  return statementFault(
    'statement.unknown_format',
    'root element',
    'it is XML but not camt.052, .053 or .054: put the element Document of the bank’s message into a file of its own',
  );
}

interface Collector {
  begin(format: StatementFormat): void;
  addGroupHeader(element: XmlElement): void;
  /** Takes a child of the current statement, or a part of the current entry. */
  add(element: XmlElement): void;
  /** Ends the current statement, or one page of it. */
  endPage(): void;
  finish(container: string): void;
  /** Returns the events since the last call. */
  drain(): readonly StatementEvent[];
}

function createCollector(recordsMax: number): Collector {
  let events: StatementEvent[] = [];
  let format: StatementFormat = 'camt.053';
  let records = 0;
  let [statements, entries] = [0, 0];
  let groupHeader: XmlElement | null = null;
  let current: CamtStatement | null = null;
  let details: CamtDetail[] = [];
  const fingerprints = new Map<string, number>();
  const position = () => `statement ${statements + 1}`;
  const entryPosition = () => `${position()}, entry ${entries + 1}`;
  const countRecord = () => {
    records += 1;
    if (records <= recordsMax) return;
    throw unreadable(entryPosition(), `the file has more than ${recordsMax} entries and parts`);
  };
  /** A statement repeated in one file would make every line its own twin. */
  const refuseRepeat = (fingerprint: string) => {
    const first = fingerprints.get(fingerprint);
    if (first !== undefined) throw unreadable(position(), `it repeats statement ${first}`);
    if (fingerprint !== '') fingerprints.set(fingerprint, statements + 1);
  };
  return {
    begin(of) {
      format = of;
      events.push({ kind: 'file', format });
    },
    addGroupHeader(element) {
      if (groupHeader !== null || current !== null || statements > 0)
        throw unreadable('GrpHdr', 'it appears twice, or after a statement');
      refusePartOfMessage(element);
      groupHeader = element;
    },
    add(element) {
      current ??= createCamtStatement({ format, groupHeader }, position());
      if (element.name === 'TxDtls') {
        countRecord();
        details.push(readDetail(element, `${entryPosition()}, part ${details.length + 1}`));
      } else if (element.name === 'Ntry') {
        countRecord();
        events.push(...current.addEntry({ element, details, position: entryPosition() }));
        details = [];
        entries += 1;
      } else {
        current.addHead(element);
      }
    },
    endPage() {
      current ??= createCamtStatement({ format, groupHeader }, position());
      const closed = current.endPage();
      if (closed === null) {
        countRecord();
        return;
      }
      refuseRepeat(closed.fingerprint);
      if (TEST_MARK.test(textAt(groupHeader, ['AddtlInf'], 'GrpHdr') ?? ''))
        events.push({ kind: 'warning', warning: warn('statement_test', position()) });
      events.push(...closed.events);
      statements += 1;
      entries = 0;
      current = null;
    },
    finish(container) {
      if (current !== null) throw pagesMissing(position());
      if (statements === 0) throw unreadable('Document', `it contains no ${container}`);
    },
    drain() {
      const drained = events;
      events = [];
      return drained;
    },
  };
}
