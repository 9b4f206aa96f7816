import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { ipv6Groups } from './ipv6.ts';

/** Where a bank may be. */
export interface AddressRule {
  /** Without TLS anybody on the way reads the key and writes deposits. */
  readonly mayBeHttp: boolean;
  /** A gateway on this machine, or the simulated bank. */
  readonly mayBeLoopback: boolean;
}

/** A trial talks to the simulated bank on the same machine. */
export const TRIAL_ADDRESSES: AddressRule = { mayBeHttp: true, mayBeLoopback: true };

/** @param mayBeLoopback BANK_ALLOW_LOOPBACK: the operator runs a gateway on this machine */
export function productionAddresses(mayBeLoopback: boolean): AddressRule {
  return { mayBeHttp: false, mayBeLoopback };
}

type Subnet = readonly [string, number, 'ipv4' | 'ipv6'];

const LOOPBACK = blockList([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);

/** Addresses at which no bank is, with what is there instead. Private networks are not here: gateways stand in them. */
const NEVER: readonly (readonly [string, BlockList])[] = [
  [
    'a metadata service of a cloud',
    blockList([
      ['169.254.169.254', 32, 'ipv4'],
      ['169.254.170.2', 32, 'ipv4'],
      ['100.100.100.200', 32, 'ipv4'],
      ['168.63.129.16', 32, 'ipv4'],
      ['192.0.0.192', 32, 'ipv4'],
      ['fd00:ec2::', 32, 'ipv6'],
      ['fd20:ce::254', 128, 'ipv6'],
    ]),
  ],
  [
    'a link-local address',
    blockList([
      ['169.254.0.0', 16, 'ipv4'],
      ['fe80::', 10, 'ipv6'],
      ['fec0::', 10, 'ipv6'],
    ]),
  ],
  [
    'the unspecified address',
    blockList([
      ['0.0.0.0', 8, 'ipv4'],
      ['::', 128, 'ipv6'],
    ]),
  ],
  [
    'no address of one host',
    blockList([
      ['224.0.0.0', 3, 'ipv4'],
      ['ff00::', 8, 'ipv6'],
    ]),
  ],
];

const METADATA_NAMES = /^(?:metadata|metadata\.google\.internal|instance-data(?:\..+)?)$/;
const LOOPBACK_NAMES =
  /^(?:localhost|.+\.localhost|localhost\..+|ip6-(?:localhost|loopback)|loopback)$/;

/**
 * Why no bank may be at this URL; null if one may. It reads what the URL parser made of the host, which writes decimal,
 * octal and hexadecimal forms of an IPv4 address as usual. A name is judged again by its addresses at each connection.
 */
export function urlFault(url: URL, rule: AddressRule): string | null {
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '')
    .toLowerCase();
  const isLoopbackName = LOOPBACK_NAMES.test(host);
  const fault = METADATA_NAMES.test(host)
    ? 'names a metadata service of a cloud'
    : isLoopbackName
      ? loopbackFault(rule)
      : isIPv4(host) || isIPv6(host)
        ? addressFault(host, rule)
        : null;
  if (fault !== null) return fault;
  if (host === '') return 'names no host';
  if (url.protocol === 'https:' || rule.mayBeHttp) return null;
  return isLoopbackName || isLoopback(host) ? null : 'is not https';
}

/** Why no bank may be at this numeric address; null if one may. */
export function addressFault(address: string, rule: AddressRule): string | null {
  const plain = embeddedIPv4(address) ?? address.replace(/%.*$/, '');
  if (isLoopback(plain)) return loopbackFault(rule);
  const kind = isIPv4(plain) ? 'ipv4' : 'ipv6';
  const [what] = NEVER.find(([, list]) => list.check(plain, kind)) ?? [];
  return what === undefined ? null : `is ${what}`;
}

function loopbackFault({ mayBeLoopback }: AddressRule): string | null {
  return mayBeLoopback
    ? null
    : 'is this machine: say BANK_ALLOW_LOOPBACK=true if the bank’s gateway runs here';
}

function isLoopback(address: string): boolean {
  const plain = embeddedIPv4(address) ?? address;
  if (isIPv4(plain)) return LOOPBACK.check(plain, 'ipv4');
  return isIPv6(plain) && LOOPBACK.check(plain, 'ipv6');
}

/** Prefixes, in groups of 16 bits, behind which an IPv6 address holds an IPv4 one: mapped, compatible, NAT64, 6to4. */
const EMBEDDING: readonly (readonly [readonly number[], number])[] = [
  [[0, 0, 0, 0, 0, 0xffff], 6],
  [[0, 0, 0, 0, 0xffff, 0], 6],
  [[0, 0, 0, 0, 0, 0], 6],
  [[0x64, 0xff9b, 0, 0, 0, 0], 6],
  [[0x2002], 1],
];

/** The IPv4 address to which a packet for this IPv6 address goes; null if it is none of those. */
function embeddedIPv4(address: string): string | null {
  const groups = ipv6Groups(address);
  // `::` and `::1` are addresses of their own.
  if (groups === null || groups.slice(0, 7).every((group) => group === 0)) return null;
  const found = EMBEDDING.find(([prefix]) => prefix.every((group, at) => groups[at] === group));
  if (found === undefined) return null;
  return groups
    .slice(found[1], found[1] + 2)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

function blockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix, kind] of subnets) list.addSubnet(net, prefix, kind);
  return list;
}
