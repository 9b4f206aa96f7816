import { ipv6Groups } from '../bank/http/ipv6.ts';

/** Groups of an IPv6 address that name a network; one subscriber usually owns all addresses of it. */
const NETWORK_GROUPS = 4;

/**
 * The address by which a caller is counted: of IPv6 the /64 network, or whoever owns one would have 2^64 names; of an IPv4
 * address inside IPv6 that address.
 */
export function callerAddress(ip: string): string {
  const groups = ipv6Groups(ip);
  if (groups === null) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)(?:%.*)?$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}
