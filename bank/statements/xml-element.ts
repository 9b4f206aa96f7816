import { unreadable } from './statement-fault.ts';

/** One element with its content; `text` is trimmed, and empty where there are children. */
export interface XmlElement {
  readonly name: string;
  /** By name as written: no supported format has prefixed attributes. */
  readonly attributes: Readonly<Record<string, { readonly value: string }>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

export function childrenOf(parent: XmlElement | null, name: string): readonly XmlElement[] {
  return parent?.children.filter((child) => child.name === name) ?? [];
}

/** The child of this name, null when there is none. @throws `statement.unreadable` when there are several. */
export function onlyChild(
  parent: XmlElement | null,
  name: string,
  where: string,
): XmlElement | null {
  if (parent === null) return null;
  let found: XmlElement | null = null;
  // A loop, since a large file needs this some ten million times.
  for (const child of parent.children) {
    if (child.name !== name) continue;
    if (found !== null) throw unreadable(`${where}, ${name}`, 'it appears more than once');
    found = child;
  }
  return found;
}

export function requiredChild(parent: XmlElement, name: string, where: string): XmlElement {
  const child = onlyChild(parent, name, where);
  if (child === null) throw unreadable(`${where}, ${name}`, 'it is missing');
  return child;
}

/** Follows a path of single children; null as soon as one is missing. */
export function descend(
  start: XmlElement | null,
  path: readonly string[],
  where: string,
): XmlElement | null {
  let element = start;
  for (const name of path) element = onlyChild(element, name, where);
  return element;
}

/** Text at the end of a path, null when the path or the text is missing. */
export function textAt(
  start: XmlElement | null,
  path: readonly string[],
  where: string,
): string | null {
  const text = descend(start, path, where)?.text ?? '';
  return text === '' ? null : text;
}
