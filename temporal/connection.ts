import type { Config } from '../config.ts';

/** How to reach Temporal, for the client and for the worker alike. */
export function temporalConnectionOptions(config: Config): {
  readonly address: string;
  readonly tls: boolean;
  readonly apiKey?: string;
} {
  return {
    address: config.TEMPORAL_ADDRESS ?? '127.0.0.1:7233',
    tls: config.TEMPORAL_TLS || config.TEMPORAL_API_KEY !== undefined,
    ...(config.TEMPORAL_API_KEY === undefined ? {} : { apiKey: config.TEMPORAL_API_KEY }),
  };
}
