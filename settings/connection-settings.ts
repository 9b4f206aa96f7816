import { z } from 'zod';
import { flag, someText, wholeNumber } from './kinds.ts';

/** How to reach PostgreSQL and Temporal. */
export const CONNECTION_SETTINGS = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('Postgres 15 or newer; without it the embedded one starts'),
  MIGRATION_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('login that owns the schema, for `purser migrate`; else DATABASE_URL'),
  DATABASE_PASSWORD: someText.describe('secret; password of DATABASE_URL, where that has none'),
  MIGRATION_DATABASE_PASSWORD: someText.describe(
    'secret; password of MIGRATION_DATABASE_URL, where that has none',
  ),
  DATABASE_TLS: z
    .enum(['off', 'require', 'verify-ca', 'verify-full'])
    .optional()
    .describe(
      'TLS to Postgres, as `sslmode` in the URL; production needs it, or `off`, for another machine',
    ),
  DATABASE_CA_FILE: someText.describe(
    'file of the CA (PEM) of the database, as `sslrootcert`; alone it means `verify-full`',
  ),
  DATABASE_CERT_FILE: someText.describe(
    'file of the certificate (PEM) that Purser shows to the database, as `sslcert`',
  ),
  DATABASE_KEY_FILE: someText.describe('file of the key (PEM) of that certificate, as `sslkey`'),
  DATABASE_POOL_SIZE: wholeNumber(2, 50).default(8).describe('connections for each process'),
  TEMPORAL_ADDRESS: someText.describe('host:port of Temporal; without it the embedded one starts'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default').describe('Temporal namespace'),
  TEMPORAL_API_KEY: someText.describe('for Temporal Cloud; turns TLS on'),
  TEMPORAL_TLS: flag
    .optional()
    .describe(
      'TLS to Temporal: `on`, or `off`; production needs one of the two for another machine',
    ),
  TEMPORAL_TLS_CA_FILE: someText.describe('file of the CA (PEM) of Temporal; turns TLS on'),
  TEMPORAL_TLS_CERT_FILE: someText.describe(
    'file of the certificate (PEM) that Purser shows to Temporal; turns TLS on',
  ),
  TEMPORAL_TLS_KEY_FILE: someText.describe('file of the key (PEM) of that certificate'),
  TEMPORAL_TLS_SERVER_NAME: someText.describe(
    'name in the certificate of Temporal, where it is not the host of TEMPORAL_ADDRESS',
  ),
};

/** Their parsed values. */
export type ConnectionSettings = Readonly<z.infer<z.ZodObject<typeof CONNECTION_SETTINGS>>>;
