import { z } from 'zod';
import type { ErrorExplanation } from '../../error-catalogue.ts';
import { HTTP_ERRORS } from '../../http-errors.ts';
import type { ErrorCode } from '../../../domain/errors.ts';
import { named } from '../../schemas/named.ts';
import { errorCode } from '../../schemas/problem.ts';

export const explainedErrorSchema = named(
  'ExplainedError',
  z.strictObject({
    code: errorCode,
    status: z.int(),
    title: z.string(),
    whatHappened: z.string(),
    whatToDo: z.string(),
  }),
  {
    description: 'An error code, what it means and what you can do.',
    example: {
      code: 'wallet.not_found',
      status: 404,
      title: 'Wallet not found.',
      whatHappened: 'No wallet has this id or code.',
      whatToDo: 'Check it.',
    },
  },
);

export function toExplainedError(
  code: ErrorCode,
  explanation: ErrorExplanation,
): z.infer<typeof explainedErrorSchema> {
  return { code, ...HTTP_ERRORS[code], ...explanation };
}

/** Whether a browser asks: it names text/html, other callers name JSON or nothing. */
export function wantsPage(headers: { readonly accept?: string | undefined }): boolean {
  return headers.accept?.includes('text/html') ?? false;
}
