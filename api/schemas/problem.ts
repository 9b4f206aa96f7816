import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../domain/errors.ts';
import { HTTP_ERRORS } from '../http-errors.ts';

/** Every code that the API may answer. */
export const errorCode = z
  .enum(ERROR_CODES)
  .meta({ id: 'ErrorCode', description: 'Stable: branch on it. `/errors` explains each.' });

/** An error answer, as RFC 9457 has it. */
const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: 'An address of this server that explains the code.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: errorCode,
    instance: z.string(),
    requestId: z.string(),
    faults: z.array(z.strictObject({ at: z.string(), rule: z.string() })).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'Branch on `code`: it is stable, the other texts are not.',
    examples: [
      {
        type: '/errors/wallet.not_found',
        title: 'Wallet not found.',
        status: 404,
        detail: 'Wallet not found.',
        code: 'wallet.not_found',
        instance: '/v1/wallets/wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
        requestId: '0d1c6a0e-4b7e-4c37-9a53-6b1f7f9a2c11',
      },
    ],
  });

/** Codes that any route may answer. */
const ANYWHERE = [
  'request.invalid',
  'request.rate_limited',
  'database.conflict',
  'database.full',
  'database.login_refused',
  'database.not_found',
  'database.not_migrated',
  'database.read_only',
  'database.role_refused',
  'database.tls_failed',
  'database.too_many_connections',
  'database.unavailable',
  'internal.unexpected',
  'invariant.violated',
] as const satisfies readonly ErrorCode[];

const WITH_KEY = [
  'auth.missing',
  'auth.invalid_key',
  'auth.forbidden',
] as const satisfies readonly ErrorCode[];

const WITH_BODY = [
  'request.body_too_large',
  'request.unsupported_media_type',
] as const satisfies readonly ErrorCode[];

interface ProblemResponse {
  readonly description: string;
  readonly content: {
    readonly 'application/problem+json': { readonly schema: typeof problemSchema };
  };
}

/** The documented error answers of a public route: `codes`, and those that may come from any route. */
export function problems(...codes: readonly ErrorCode[]): Record<number, ProblemResponse> {
  const byStatus = new Map<number, string[]>();
  for (const code of new Set([...ANYWHERE, ...codes])) {
    const { status, title } = HTTP_ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${title}`]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      status,
      {
        description: lines.join('\n\n'),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}

/** The documented error answers of a route that reads, for callers with a key. */
export function readProblems(...codes: readonly ErrorCode[]) {
  return problems(...WITH_KEY, ...codes);
}

/** The documented error answers of a route that takes a body, for callers with a key. */
export function writeProblems(...codes: readonly ErrorCode[]) {
  return problems(...WITH_KEY, ...WITH_BODY, ...codes);
}
