import { readFileSync } from 'node:fs';
import type { TLSConfig } from '@temporalio/client';
import { CodedError } from '../domain/errors.ts';

/** The settings that locate the Temporal server. */
export interface TemporalSettings {
  readonly TEMPORAL_ADDRESS?: string | undefined;
  readonly TEMPORAL_API_KEY?: string | undefined;
  readonly TEMPORAL_TLS?: boolean | undefined;
  readonly TEMPORAL_TLS_CA_FILE?: string | undefined;
  readonly TEMPORAL_TLS_CERT_FILE?: string | undefined;
  readonly TEMPORAL_TLS_KEY_FILE?: string | undefined;
  readonly TEMPORAL_TLS_SERVER_NAME?: string | undefined;
}

export interface TemporalConnectionOptions {
  readonly address: string;
  readonly tls?: boolean | TLSConfig;
  readonly apiKey?: string;
}

/**
 * Connection options from settings, for both the client and the worker. Reads the files of certificates.
 * @throws CodedError `config.invalid` naming a file that cannot be used
 */
export function temporalConnectionOptions(settings: TemporalSettings): TemporalConnectionOptions {
  const {
    TEMPORAL_API_KEY: apiKey,
    TEMPORAL_TLS_CA_FILE: caFile,
    TEMPORAL_TLS_CERT_FILE: certFile,
    TEMPORAL_TLS_KEY_FILE: keyFile,
    TEMPORAL_TLS_SERVER_NAME: serverName,
  } = settings;
  const tls: TLSConfig = {
    ...(serverName === undefined ? {} : { serverNameOverride: serverName }),
    ...(caFile === undefined
      ? {}
      : { serverRootCACertificate: readPem(caFile, 'TEMPORAL_TLS_CA_FILE') }),
    ...(certFile === undefined || keyFile === undefined
      ? {}
      : {
          clientCertPair: {
            crt: readPem(certFile, 'TEMPORAL_TLS_CERT_FILE'),
            key: readPem(keyFile, 'TEMPORAL_TLS_KEY_FILE'),
          },
        }),
  };
  const hasDetails = Object.keys(tls).length > 0;
  return {
    address: settings.TEMPORAL_ADDRESS ?? '127.0.0.1:7233',
    tls: hasDetails ? tls : settings.TEMPORAL_TLS === true || apiKey !== undefined,
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}

function readPem(file: string, setting: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new CodedError('config.invalid', `${setting}: the file cannot be read: ${file}.`);
  }
  if (bytes.includes('-----BEGIN ')) return bytes;
  throw new CodedError('config.invalid', `${setting}: the file is not in PEM: ${file}.`);
}
