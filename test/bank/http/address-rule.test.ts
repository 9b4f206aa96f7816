import { describe, expect, it } from 'vitest';
import {
  addressFault,
  productionAddresses,
  TRIAL_ADDRESSES,
  urlFault,
} from '../../../bank/http/address-rule.ts';

const PRODUCTION = productionAddresses(false);
const WITH_GATEWAY = productionAddresses(true);
const fault = (url: string, rule = PRODUCTION) => urlFault(new URL(url), rule);

/** Every spelling of this machine that a resolver or the URL parser understands. */
const LOOPBACK = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'localhost..',
  'foo.localhost',
  'foo.localhost.',
  'localhost.localdomain',
  'ip6-localhost',
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '017700000001',
  '0177.0.0.1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[2002:7f00:1::]',
];

const NEVER = [
  '0.0.0.0',
  '0',
  '0x0',
  '0.1.2.3',
  '[::]',
  '[::ffff:0.0.0.0]',
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '[::ffff:169.254.169.254]',
  '[64:ff9b::a9fe:a9fe]',
  '169.254.1.1',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'metadata.google.internal',
  'metadata.google.internal.',
  'metadata',
  'instance-data.ec2.internal',
  '[fe80::1]',
  '[febf::1]',
  '[fd00:ec2::254]',
  '224.0.0.1',
  '255.255.255.255',
  '[ff02::1]',
];

const BANKS = [
  'api.bank.example',
  '198.51.100.7',
  '10.20.30.40',
  '192.168.4.4',
  '172.16.9.9',
  '[2001:db8::7]',
  '[64:ff9b::c633:6407]',
  'localhosting.example',
  'notlocalhost',
  'metadata.example',
];

describe('the rule of addresses, in production,', () => {
  it.each(LOOPBACK)('refuses this machine, written as %s', (host) => {
    expect(fault(`https://${host}/api`)).toContain('BANK_ALLOW_LOOPBACK');
    expect(fault(`http://${host}/api`)).toContain('BANK_ALLOW_LOOPBACK');
  });

  it.each(LOOPBACK)('takes a gateway on this machine if the operator says so: %s', (host) => {
    expect(fault(`http://${host}:9443/api`, WITH_GATEWAY)).toBeNull();
  });

  it.each(NEVER)('refuses an address at which no bank is: %s', (host) => {
    expect(fault(`https://${host}/api`)).not.toBeNull();
    expect(fault(`https://${host}/api`, WITH_GATEWAY)).not.toBeNull();
    expect(fault(`https://${host}/api`, TRIAL_ADDRESSES)).not.toBeNull();
  });

  it.each(BANKS)('takes a bank or a gateway in a private network: %s', (host) => {
    expect(fault(`https://${host}/api`)).toBeNull();
  });

  it.each(BANKS)('refuses plain http to %s, also beside a gateway on this machine', (host) => {
    expect(fault(`http://${host}/api`)).toBe('is not https');
    expect(fault(`http://${host}/api`, WITH_GATEWAY)).toBe('is not https');
    expect(fault(`http://${host}/api`, TRIAL_ADDRESSES)).toBeNull();
  });

  it('judges the addresses of a name as it judges them in a URL', () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect(addressFault(address, PRODUCTION)).toContain('this machine');
    for (const address of ['169.254.169.254', 'fe80::1%eth0', '::', '0.0.0.0'])
      expect(addressFault(address, WITH_GATEWAY)).not.toBeNull();
    for (const address of ['198.51.100.7', '2001:db8::7'])
      expect(addressFault(address, PRODUCTION)).toBeNull();
  });
});
