import { readSslWish } from '../db/ssl-mode.ts';
import { isCoded } from '../domain/errors.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { completeDatabaseUrl } from './database-url.ts';

/** Settings that say something about one another. */
export interface RelatedSettings extends ConnectionSettings {
  readonly BANK_API_ENABLED: boolean;
  readonly BANK_API_URL?: string | undefined;
  readonly BANK_API_KEY?: string | undefined;
  readonly BANK_ACCOUNT_ID?: string | undefined;
  readonly BANK_WEBHOOK_SIGNATURE: 'standard' | 'hex';
  readonly BANK_WEBHOOK_SECRET?: string | undefined;
  readonly BANK_FEED: string;
  readonly BANK_FIELD_MAP?: string | undefined;
  readonly AUDIT_ANCHOR_FILE?: string | undefined;
  readonly AUDIT_SIGNING_KEY_FILE?: string | undefined;
}

/** The settings with connection URLs that hold all that is said about their connections, and what contradicts them. */
export function completeConfig<Settings extends RelatedSettings>(
  config: Settings,
): { readonly config: Settings; readonly faults: readonly string[] } {
  const faults = new Set<string>();
  const complete = (
    name: 'DATABASE_URL' | 'MIGRATION_DATABASE_URL',
    password: 'DATABASE_PASSWORD' | 'MIGRATION_DATABASE_PASSWORD',
  ) => {
    const text = config[name];
    if (text === undefined) return {};
    const completed = completeDatabaseUrl(text, {
      password: config[password],
      passwordSetting: password,
      tls: config.DATABASE_TLS,
      caFile: config.DATABASE_CA_FILE,
      certFile: config.DATABASE_CERT_FILE,
      keyFile: config.DATABASE_KEY_FILE,
    });
    for (const fault of [...completed.faults, ...sslFaults(completed.url)])
      faults.add(`${name}: ${fault}`);
    return { [name]: completed.url };
  };
  return {
    config: {
      ...config,
      ...complete('DATABASE_URL', 'DATABASE_PASSWORD'),
      ...complete('MIGRATION_DATABASE_URL', 'MIGRATION_DATABASE_PASSWORD'),
    },
    faults: [...faults],
  };
}

/** Settings that contradict or need one another, in every deployment. */
export function crossFaults(config: RelatedSettings): readonly string[] {
  const needs = (name: keyof RelatedSettings, why: string): readonly string[] =>
    config[name] === undefined ? [`${name}: is needed ${why}`] : [];
  const { BANK_WEBHOOK_SECRET: secret } = config;
  return [
    ...(config.BANK_API_ENABLED
      ? (['BANK_API_URL', 'BANK_API_KEY', 'BANK_ACCOUNT_ID'] as const).flatMap((name) =>
          needs(name, 'when BANK_API_ENABLED is true'),
        )
      : []),
    ...(config.BANK_WEBHOOK_SIGNATURE === 'standard' &&
    secret !== undefined &&
    !/^whsec_[A-Za-z0-9+/=]{24,}$/.test(secret)
      ? ['BANK_WEBHOOK_SECRET: must be whsec_ followed by base64 (Standard Webhooks)']
      : []),
    ...(config.AUDIT_SIGNING_KEY_FILE === undefined
      ? []
      : needs(
          'AUDIT_ANCHOR_FILE',
          'when AUDIT_SIGNING_KEY_FILE is set: that file holds the signatures',
        )),
    ...(config.BANK_FIELD_MAP !== undefined && config.BANK_FEED !== 'json'
      ? ['BANK_FIELD_MAP: needs BANK_FEED=json']
      : []),
    ...temporalFaults(config, needs),
  ];
}

function temporalFaults(
  config: RelatedSettings,
  needs: (name: keyof RelatedSettings, why: string) => readonly string[],
): readonly string[] {
  const ofTls = (
    [
      'TEMPORAL_TLS_CA_FILE',
      'TEMPORAL_TLS_CERT_FILE',
      'TEMPORAL_TLS_KEY_FILE',
      'TEMPORAL_TLS_SERVER_NAME',
      'TEMPORAL_API_KEY',
    ] as const
  ).filter((name) => config[name] !== undefined);
  return [
    ...(config.TEMPORAL_TLS_CERT_FILE === undefined
      ? []
      : needs('TEMPORAL_TLS_KEY_FILE', 'beside TEMPORAL_TLS_CERT_FILE')),
    ...(config.TEMPORAL_TLS_KEY_FILE === undefined
      ? []
      : needs('TEMPORAL_TLS_CERT_FILE', 'beside TEMPORAL_TLS_KEY_FILE')),
    ...(config.TEMPORAL_TLS === false && ofTls.length > 0
      ? [`TEMPORAL_TLS: is off, and ${ofTls.join(', ')} need it`]
      : []),
  ];
}

function sslFaults(url: string): readonly string[] {
  try {
    readSslWish(new URL(url).searchParams);
    return [];
  } catch (error) {
    if (!isCoded(error)) throw error;
    return [error.message.replace(/^The database's URL is not usable: /, '')];
  }
}
