import { isIPv6 } from 'node:net';

/** Groups of an IPv6 address that name a network; one subscriber usually owns all addresses of it. */
const NETWORK_GROUPS = 4;

/**
 * The address by which a caller is counted: of IPv6 the /64 network, or whoever owns one would have 2^64 names; of an IPv4
 * address inside IPv6 that address.
 */
export function callerAddress(ip: string): string {
  const bare = ip.split('%', 1)[0] ?? ip;
  if (!isIPv6(bare)) return bare;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
