import { productionAddresses, urlFault } from '../bank/http/address-rule.ts';
import { isEncrypted, readSslWish } from '../db/ssl-mode.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { misspeltFaults } from './misspelt.ts';
import { SECRET_SETTINGS, type Variables } from './secret-files.ts';
import { NEW_SECRET, secretWeakness } from './weak-secret.ts';

/** Parsed settings that decide whether an installation is safe. */
export interface GuardedSettings extends ConnectionSettings {
  readonly API_KEY_PEPPER?: string | undefined;
  readonly BANK_API_ENABLED: boolean;
  readonly BANK_API_URL?: string | undefined;
  readonly BANK_API_KEY?: string | undefined;
  readonly BANK_ALLOW_LOOPBACK: boolean;
}

/** Key prefix that only the simulated bank uses. */
const SIMULATOR_KEY_PREFIX = 'simulator-';
/** A password of the database may be chosen by its operator; it is not worth less than this. */
const PASSWORD_LENGTH_MIN = 16;

/** Everything that production refuses, a sentence each; never a value. */
export function productionFaults(
  config: GuardedSettings,
  env: Variables,
  known: ReadonlySet<string>,
): readonly string[] {
  return [
    ...neededFaults(config),
    ...bankFaults(config),
    ...secretFaults(env, config),
    ...plainTextFaults(config),
    ...misspeltFaults(Object.keys(env), known),
    ...(env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
      ? ['NODE_TLS_REJECT_UNAUTHORIZED: 0 accepts every certificate: remove it, and name your CA']
      : []),
  ];
}

/** A deployment that was not stated, beside servers that are no trial's. */
export function unstatedFaults(config: GuardedSettings): readonly string[] {
  const remote = [
    ...(isRemoteDatabase(config.DATABASE_URL) ? ['DATABASE_URL'] : []),
    ...(isRemoteTemporal(config.TEMPORAL_ADDRESS) ? ['TEMPORAL_ADDRESS'] : []),
  ];
  if (remote.length === 0) return [];
  return [
    `DEPLOYMENT: is not set, and ${remote.join(' and ')} ${remote.length === 1 ? 'names' : 'name'} another machine: set DEPLOYMENT=production, or DEPLOYMENT=trial to try Purser on it`,
  ];
}

function neededFaults(config: GuardedSettings): readonly string[] {
  const needed = ['DATABASE_URL', 'TEMPORAL_ADDRESS'] as const;
  return needed
    .filter((name) => config[name] === undefined)
    .map((name) => `${name}: is needed in production, where no embedded server starts`);
}

function bankFaults(config: GuardedSettings): readonly string[] {
  const { BANK_ALLOW_LOOPBACK, BANK_API_ENABLED, BANK_API_KEY, BANK_API_URL } = config;
  const fault =
    BANK_API_ENABLED && BANK_API_URL !== undefined
      ? urlFault(new URL(BANK_API_URL), productionAddresses(BANK_ALLOW_LOOPBACK))
      : null;
  return [
    ...(fault === null ? [] : [`BANK_API_URL: ${fault}`]),
    ...(BANK_API_KEY?.startsWith(SIMULATOR_KEY_PREFIX) === true
      ? ['BANK_API_KEY: belongs to the simulated bank, which production refuses']
      : []),
  ];
}

/** Secrets that Purser's operator makes must be random; those that a bank gives must at least not be the same as others. */
function secretFaults(env: Variables, config: GuardedSettings): readonly string[] {
  const made = ['API_KEY_PEPPER', 'BANK_WEBHOOK_SECRET', 'BANK_WEBHOOK_SECRET_NEXT'];
  const passwords = (['DATABASE_URL', 'MIGRATION_DATABASE_URL'] as const).flatMap((name) => {
    const password = passwordOf(config[name]);
    return password === '' ? [] : [{ name, value: password }];
  });
  const values = [
    ...SECRET_SETTINGS.filter((name) => !/DATABASE|^PURSER_API_KEY$/.test(name)).flatMap((name) => {
      const value = env[name] ?? '';
      return value === '' ? [] : [{ name, value }];
    }),
    ...passwords,
  ];
  const weak = values.flatMap(({ name, value }) => {
    if (!made.includes(name)) return [];
    const weakness = secretWeakness(value);
    return weakness === null ? [] : [`${name}: ${weakness}: ${NEW_SECRET}`];
  });
  const short = passwords
    .filter(({ value }) => value.length < PASSWORD_LENGTH_MIN || new Set(value).size < 6)
    .map(({ name }) => `${name}: its password can be guessed: ${NEW_SECRET}`);
  const repeated = values.flatMap(({ name, value }, at) => {
    const first = values.slice(0, at).find((other) => other.value === value);
    return first === undefined
      ? []
      : [`${name}: has the same value as ${first.name}: give each its own`];
  });
  return [...weak, ...short, ...repeated];
}

function plainTextFaults(config: GuardedSettings): readonly string[] {
  const databases = (['DATABASE_URL', 'MIGRATION_DATABASE_URL'] as const).flatMap((name) => {
    const text = config[name];
    if (text === undefined || !isRemoteDatabase(text)) return [];
    const { searchParams } = new URL(text);
    const isSaid = searchParams.get('sslmode') === 'disable' || searchParams.get('ssl') === 'false';
    if (isSaid || isEncrypted(readSslWish(searchParams))) return [];
    return [
      `${name}: names another machine, without TLS: set DATABASE_TLS=verify-full (and DATABASE_CA_FILE for a CA of your own), or DATABASE_TLS=off inside a network that you trust`,
    ];
  });
  const isPlain =
    config.TEMPORAL_TLS === undefined &&
    config.TEMPORAL_API_KEY === undefined &&
    config.TEMPORAL_TLS_CA_FILE === undefined &&
    config.TEMPORAL_TLS_CERT_FILE === undefined;
  return isPlain && isRemoteTemporal(config.TEMPORAL_ADDRESS)
    ? [
        ...databases,
        'TEMPORAL_ADDRESS: names another machine, without TLS: set TEMPORAL_TLS=on (and TEMPORAL_TLS_CA_FILE for a CA of your own), or TEMPORAL_TLS=off inside a network that you trust',
      ]
    : databases;
}

function passwordOf(url: string | undefined): string {
  return url === undefined ? '' : decodeURIComponent(new URL(url).password);
}

/** A socket, no host and this machine are local. */
function isRemoteDatabase(url: string | undefined): boolean {
  return url !== undefined && !isThisMachine(decodeURIComponent(new URL(url).hostname));
}

function isRemoteTemporal(address: string | undefined): boolean {
  if (address === undefined) return false;
  return !isThisMachine(address.replace(/:\d+$/, ''));
}

function isThisMachine(host: string): boolean {
  if (host === '' || host.startsWith('/')) return true;
  const name = host.replace(/^\[|\]$/g, '');
  return /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(name);
}
