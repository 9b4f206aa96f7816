import { createHash } from 'node:crypto';
import { invariant } from '../../../domain/invariant.ts';
import type { Statement, StatementFile, StatementFormat } from '../../../domain/statement.ts';
import { statementFault, unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent, StatementReader } from '../statement-reader.ts';
import type { XmlElement } from '../xml-element.ts';
import { readXml, type XmlVisitor } from '../xml-reader.ts';
import { decodeXml } from '../xml-text.ts';
import { readDetail, type CamtDetail } from './camt-detail.ts';
import { readEntry, type CamtEntry } from './camt-entry.ts';
import { assembleStatement, refuseOtherPages, type AssembledStatement } from './camt-statement.ts';

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

/** Any version: what we read has kept its place from 02 on, but for the few elements that are looked for in both. */
const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:camt\.(05[234])\.001\.(?!00|01)[0-9]{2}$/;

export const camtReader: StatementReader = {
  name: 'camt',
  recognises: (head) => /^\s*</.test(head),
  async *read(chunks, limits): AsyncGenerator<readonly StatementEvent[]> {
    const file = await readCamt(chunks, limits);
    yield [{ kind: 'file', format: file.format }];
    for (const { lines, ...statement } of file.statements) {
      yield lines.map((line) => ({ kind: 'line', line }));
      yield [{ kind: 'statement', statement }];
    }
    yield file.warnings.map((warning) => ({ kind: 'warning', warning }));
  },
};

/**
 * Reads a camt.052, .053 or .054 file as a stream: an entry is mapped as soon as it is closed, and so is each part of
 * a batch, so that only the lines themselves are kept.
 * @throws CodedError `statement.unreadable` · `statement.incomplete` · `statement.unknown_format`; `details.where` names the place.
 */
async function readCamt(
  chunks: AsyncIterable<Uint8Array>,
  limits: StatementLimits,
): Promise<StatementFile> {
  const collector = createCollector(limits.entriesMax);
  const visitor = createVisitor(collector);
  await readXml(decodeXml(chunks, limits.fileBytesMax), visitor);
  return finish(visitor.message(), collector.assembled);
}

function finish(message: Message, assembled: readonly AssembledStatement[]): StatementFile {
  if (assembled.length === 0) throw unreadable('Document', `it holds no ${message.container}`);
  refuseRepeats(assembled);
  return {
    format: message.format,
    statements: assembled.map(({ statement }) => statement),
    warnings: assembled.flatMap(({ warnings }) => warnings),
  };
}

/** `message` answers once the root has been read. */
function createVisitor(collector: Collector): XmlVisitor & { readonly message: () => Message } {
  let recognised: Message | null = null;
  let messages = 0;
  const message = (): Message => {
    invariant(recognised !== null, 'An element was read before the root was known.');
    return recognised;
  };
  return {
    message,
    root(name, namespace) {
      recognised = recogniseMessage(name, namespace);
    },
    choose(path) {
      const [, root = '', child = ''] = path;
      if (path.length === 2) {
        if (root !== message().root || messages > 0) {
          throw unreadable('Document', `it holds something other than one ${message().root}`);
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
        if (element.name === 'GrpHdr') refuseOtherPages(element, 'MsgPgntn', 'GrpHdr');
      } else {
        collector.add(element);
      }
    },
    left(path) {
      if (path.length === 3) collector.closeStatement(message());
    },
  };
}

function recogniseMessage(root: string, namespace: string): Message {
  const kind = NAMESPACE.exec(namespace)?.[1] ?? '';
  const message = root === 'Document' ? MESSAGES.get(kind) : undefined;
  if (message !== undefined) return message;
  throw statementFault(
    'statement.unknown_format',
    'root element',
    'it is XML, but no camt.052, .053 or .054',
  );
}

interface Collector {
  readonly assembled: readonly AssembledStatement[];
  /** Takes a child of the statement at hand, or a part of the entry at hand. */
  add(element: XmlElement): void;
  closeStatement(message: Message): void;
}

function createCollector(recordsMax: number): Collector {
  const assembled: AssembledStatement[] = [];
  let records = 0;
  let head: XmlElement[] = [];
  let entries: CamtEntry[] = [];
  let details: CamtDetail[] = [];
  const position = () => `statement ${assembled.length + 1}`;
  const entryPosition = () => `${position()}, entry ${entries.length + 1}`;
  const countRecord = () => {
    records += 1;
    if (records <= recordsMax) return;
    throw unreadable(entryPosition(), `the file has more than ${recordsMax} entries and parts`);
  };
  return {
    assembled,
    add(element) {
      if (element.name === 'TxDtls') {
        countRecord();
        details.push(readDetail(element, `${entryPosition()}, part ${details.length + 1}`));
      } else if (element.name === 'Ntry') {
        countRecord();
        entries.push(readEntry(element, details, entryPosition()));
        details = [];
      } else {
        head.push(element);
      }
    },
    closeStatement({ format, container }) {
      const whole = { name: container, attributes: new Map(), children: head, text: '' };
      assembled.push(assembleStatement(format, { head: whole, entries, position: position() }));
      head = [];
      entries = [];
    },
  };
}

/**
 * A statement that stands in one file twice would count every line as a twin of itself. Two statements of an account
 * may share an id at careless banks, so that balances and entries must be the same too.
 */
function refuseRepeats(assembled: readonly AssembledStatement[]): void {
  if (assembled.length < 2) return;
  const seen = new Map<string, number>();
  for (const [index, { statement }] of assembled.entries()) {
    if (statement.lines.length === 0) continue;
    const print = fingerprint(statement);
    const first = seen.get(print);
    if (first !== undefined) {
      throw unreadable(`statement ${index + 1}`, `it is statement ${first} once more`);
    }
    seen.set(print, index + 1);
  }
}

function fingerprint(statement: Statement): string {
  const hash = createHash('sha256');
  const add = (facts: readonly (string | bigint | null)[]) =>
    hash.update(JSON.stringify(facts.map((fact) => fact?.toString() ?? null)));
  add([statement.account, statement.statementId, statement.openingMinor, statement.closingMinor]);
  for (const line of statement.lines) {
    add([line.bankId, line.bookingDate, line.amountMinor, line.direction, line.text]);
  }
  return hash.digest('hex');
}
