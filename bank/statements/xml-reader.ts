import { SaxesParser, type SaxesTagNS } from 'saxes';
import { isCoded } from '../../domain/errors.ts';
import { invariant } from '../../domain/invariant.ts';
import { statementFault, unreadable } from './statement-fault.ts';
import type { XmlElement } from './xml-element.ts';

/** A format's choice of elements in an XML file. Elements neither entered nor taken are skipped. */
export interface XmlVisitor {
  /** True for an element outside the message: it only encloses it, or stands beside it, and is not read. */
  wraps(name: string, namespace: string, depth: number): boolean;
  /** Checks the root of the message first; throws if it is not this format's. */
  root(name: string, namespace: string): void;
  /** `enter`: look inside; `take`: pass it on whole once closed. `path` starts at the root. */
  choose(path: readonly string[]): 'enter' | 'take';
  /** Inside a taken element: true if this one is passed on separately and excluded from the whole. */
  takesApart(path: readonly string[]): boolean;
  left(path: readonly string[]): void;
  taken(element: XmlElement, path: readonly string[]): void;
}

const DEPTH_MAX = 64;
const TEXT_CHARS_MAX = 64 * 1024;
const TOKEN_CHARS_MAX = 256 * 1024;
const REFERENCES_MAX = 20_000_000;
const ELEMENTS_IN_WHOLE_MAX = 100_000;
/** Banks may put anything here, in their own namespaces: none of it is part of the format. */
const FOREIGN_CONTENT = 'SplmtryData';

/** An open element. A large file has millions, so one object serves as element and stack frame. */
interface OpenElement extends XmlElement {
  readonly kind: 'enter' | 'take' | 'part' | 'foreign';
  children: XmlElement[];
  text: string;
}

/** Shared by most elements. The first child replaces it with a new array, so nothing is ever added to this one. */
const NO_CHILDREN: XmlElement[] = [];

/**
 * Reads well-formed XML as a stream and passes parts to `visitor`, some before each yield. Refuses any DOCTYPE (and with it every
 * entity but the five of XML), a second root, anything after it, text beside elements, elements of other
 * namespaces, and whatever is larger or deeper than a statement ever is.
 * @throws CodedError `statement.unreadable`; `statement.incomplete` when the file ends too early.
 */
export async function* readXml(
  pieces: AsyncIterable<string>,
  visitor: XmlVisitor,
): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: true, defaultXMLVersion: '1.0', forceXMLVersion: true });
  const place = () => `line ${parser.line}, column ${parser.column}`;
  let isAtEnd = false;
  let charsSinceEvent = 0;
  const stack = createElementStack(visitor, place);
  // No more handlers than these: each is a property that saxes did not have when it was made, and a few more make the engine
  // store the parser as a dictionary, four times slower. Without an error handler it throws.
  parser.on('doctype', () => {
    throw unreadable(place(), 'it has a DOCTYPE, which statements never have');
  });
  parser.on('opentag', (tag) => {
    charsSinceEvent = 0;
    stack.open(tag);
  });
  parser.on('closetag', () => {
    charsSinceEvent = 0;
    stack.close();
  });
  for (const event of ['text', 'cdata'] as const) {
    parser.on(event, (text) => {
      charsSinceEvent = 0;
      stack.addText(text);
    });
  }

  const refuseMalformed = (work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      // saxes throws plain errors; any other error is ours.
      if (isCoded(error) || !(error instanceof Error) || error.name !== 'Error') throw error;
      throw isAtEnd
        ? statementFault('statement.incomplete', place(), 'it ends before its last end tag')
        : unreadable(place(), 'it is not well-formed XML');
    }
  };
  let references = 0;
  for await (const piece of pieces) {
    charsSinceEvent += piece.length;
    references += countReferences(piece);
    if (references > REFERENCES_MAX)
      throw unreadable(place(), 'it has too many character references');
    refuseMalformed(() => parser.write(piece));
    if (charsSinceEvent > TOKEN_CHARS_MAX) {
      throw unreadable(place(), `a text or tag exceeds ${TOKEN_CHARS_MAX} characters`);
    }
    yield;
  }
  isAtEnd = true;
  refuseMalformed(() => parser.close());
}

interface ElementStack {
  open(tag: SaxesTagNS): void;
  close(): void;
  addText(text: string): void;
}

function createElementStack(visitor: XmlVisitor, place: () => string): ElementStack {
  const open: OpenElement[] = [];
  const path: string[] = [];
  let top: OpenElement | null = null;
  let namespace = '';
  let elementsInWhole = 0;
  /** Open elements outside the message. */
  let wrapped = 0;

  function kindOf(tag: SaxesTagNS): OpenElement['kind'] {
    if (top?.kind === 'foreign' || tag.local === FOREIGN_CONTENT) return 'foreign';
    if (tag.uri !== namespace) {
      throw unreadable(place(), 'an element belongs to another namespace than the document');
    }
    if (top === null) return 'enter';
    if (top.kind === 'enter') return visitor.choose(path);
    return visitor.takesApart(path) ? 'take' : 'part';
  }

  return {
    open(tag) {
      if (open.length + wrapped === DEPTH_MAX)
        throw unreadable(place(), `it is deeper than ${DEPTH_MAX} levels`);
      if (top === null && visitor.wraps(tag.local, tag.uri, wrapped)) {
        wrapped += 1;
        return;
      }
      if (top === null) {
        namespace = tag.uri;
        visitor.root(tag.local, tag.uri);
      }
      path.push(tag.local);
      const kind = kindOf(tag);
      elementsInWhole = kind === 'enter' || kind === 'take' ? 0 : elementsInWhole + 1;
      if (kind === 'part' && elementsInWhole > ELEMENTS_IN_WHOLE_MAX) {
        throw unreadable(place(), `one record has more than ${ELEMENTS_IN_WHOLE_MAX} elements`);
      }
      const { local: name, attributes } = tag;
      top = { name, attributes, children: NO_CHILDREN, text: '', kind };
      open.push(top);
    },
    addText(text) {
      if (top === null || top.kind === 'foreign') return;
      // Indentation between elements is not text, and a large file has much of it.
      if (top.text === '' && text.trim() === '') return;
      top.text += text;
      if (top.text.length > TEXT_CHARS_MAX) {
        throw unreadable(place(), `a text is longer than ${TEXT_CHARS_MAX} characters`);
      }
    },
    close() {
      if (top === null && wrapped > 0) {
        wrapped -= 1;
        return;
      }
      const element = open.pop();
      invariant(element !== undefined, 'The XML parser closed an element that it had not opened.');
      top = open.at(-1) ?? null;
      const { kind } = element;
      if (kind !== 'foreign' && element.text !== '') {
        element.text = element.text.trim();
        const isContainer = kind === 'enter' || element.children.length > 0;
        if (isContainer && element.text !== '')
          throw unreadable(place(), 'an element mixes text and elements');
      }
      if (kind === 'part' && top !== null) adopt(top, element);
      else if (kind === 'take') visitor.taken(element, path);
      else if (kind === 'enter') visitor.left(path);
      path.pop();
    },
  };
}

function adopt(parent: OpenElement, child: XmlElement): void {
  if (parent.children === NO_CHILDREN) parent.children = [child];
  else parent.children.push(child);
}

function countReferences(piece: string): number {
  let count = 0;
  for (let at = piece.indexOf('&'); at !== -1; at = piece.indexOf('&', at + 1)) count += 1;
  return count;
}
