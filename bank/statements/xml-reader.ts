import { SaxesParser, type SaxesTagNS } from 'saxes';
import { isCoded } from '../../domain/errors.ts';
import { invariant } from '../../domain/invariant.ts';
import { statementFault, unreadable } from './statement-fault.ts';
import type { XmlElement } from './xml-element.ts';

/** What a format wants from an XML file. Elements that are neither entered nor taken are passed over. */
export interface XmlVisitor {
  /** Looks at the root before anything else; throws if it is not this format's. */
  root(name: string, namespace: string): void;
  /** `enter`: look inside; `take`: hand it over whole, once it is closed. `path` starts at the root. */
  choose(path: readonly string[]): 'enter' | 'take';
  /** Inside a taken element: whether this one is handed over by itself and left out of the whole. */
  takesApart(path: readonly string[]): boolean;
  left(path: readonly string[]): void;
  taken(element: XmlElement, path: readonly string[]): void;
}

const DEPTH_MAX = 64;
const TEXT_CHARS_MAX = 64 * 1024;
const TOKEN_CHARS_MAX = 256 * 1024;
const REFERENCES_MAX = 20_000_000;
const ELEMENTS_IN_WHOLE_MAX = 100_000;
/** Banks may put anything here, in namespaces of their own: nothing in it is part of the format. */
const FOREIGN_CONTENT = 'SplmtryData';

/** An element that is not closed yet. A large file has millions, so that it is the element and its frame in one. */
interface OpenElement extends XmlElement {
  readonly kind: 'enter' | 'take' | 'part' | 'foreign';
  children: XmlElement[];
  text: string;
}

/** What most elements have. The first child brings an array of its own, so that nothing is ever added to this one. */
const NO_CHILDREN: XmlElement[] = [];

/**
 * Reads well-formed XML as a stream and hands parts of it to `visitor`, which has some of them after each yield. Refuses any DOCTYPE (and with it every
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
  // No more handlers than these: each is a property that saxes did not have when it was made, and with a few more of them
  // the engine keeps the parser as a dictionary, which makes it four times slower. Without a handler it throws errors.
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
      // What saxes throws is a plain error; anything else is ours.
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
      throw unreadable(place(), `a text or tag is longer than ${TOKEN_CHARS_MAX} characters`);
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
      if (open.length === DEPTH_MAX)
        throw unreadable(place(), `it is deeper than ${DEPTH_MAX} levels`);
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
      // Indentation between elements is no text, and a large file has a lot of it.
      if (top.text === '' && text.trim() === '') return;
      top.text += text;
      if (top.text.length > TEXT_CHARS_MAX) {
        throw unreadable(place(), `a text is longer than ${TEXT_CHARS_MAX} characters`);
      }
    },
    close() {
      const element = open.pop();
      invariant(element !== undefined, 'The XML parser closed an element that it had not opened.');
      top = open.at(-1) ?? null;
      const { kind } = element;
      if (kind !== 'foreign' && element.text !== '') {
        element.text = element.text.trim();
        const isContainer = kind === 'enter' || element.children.length > 0;
        if (isContainer && element.text !== '')
          throw unreadable(place(), 'text stands beside elements');
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
