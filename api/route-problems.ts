import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../domain/errors.ts';
import { HTTP_ERRORS } from './http-errors.ts';

/** An error answer, as RFC 9457 has it. */
const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(ERROR_CODES),
    instance: z.string(),
    requestId: z.string(),
    faults: z.array(z.strictObject({ at: z.string(), rule: z.string() })).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'Branch on `code`: it is stable, the other texts are not.',
  });

/** Codes that any route may answer. */
const ANYWHERE = [
  'request.invalid',
  'request.rate_limited',
  'database.conflict',
  'database.login_refused',
  'database.not_found',
  'database.not_migrated',
  'database.role_refused',
  'database.tls_failed',
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
