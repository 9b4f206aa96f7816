import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { CodedError } from '../../domain/errors.ts';
import { addressFault, urlFault, type AddressRule } from './address-rule.ts';

const agents = new Map<string, Agent>();

/**
 * The connections to banks under a rule. It looks at the addresses of a name when it connects, since a name that was
 * harmless when the account was made may lead elsewhere by now.
 */
export function guardedAgent(rule: AddressRule): Agent {
  const key = JSON.stringify([rule.mayBeHttp, rule.mayBeLoopback]);
  const known = agents.get(key) ?? new Agent({ connect: { lookup: guardedLookup(rule) } });
  agents.set(key, known);
  return known;
}

/** @throws CodedError `config.invalid` if no bank may be at this URL */
export function requireBankUrl(url: URL, rule: AddressRule): void {
  const fault = urlFault(url, rule);
  if (fault !== null) throw refused(fault);
}

function guardedLookup(rule: AddressRule): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const fault = found
        .map(({ address }) => addressFault(address, rule))
        .find((each) => each !== null);
      const [first] = found;
      if (fault !== undefined || first === undefined)
        callback(refused(fault ?? 'has no address'), []);
      else if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}

function refused(fault: string): CodedError {
  return new CodedError('config.invalid', `The bank feed is misconfigured: its address ${fault}.`);
}
