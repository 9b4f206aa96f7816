import { isIPv6 } from 'node:net';

/**
 * The eight groups of 16 bits of an IPv6 address, without its zone; null for any other text. It reads what the URL parser
 * makes of the address, which writes it without dots.
 */
export function ipv6Groups(address: string): readonly number[] | null {
  const text = address.replace(/%.*$/, '');
  if (!isIPv6(text)) return null;
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((each) => parseInt(each, 16));
  const before = read(head);
  if (tail === undefined) return before;
  const after = read(tail);
  const gap = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...gap, ...after];
}
