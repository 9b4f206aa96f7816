import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { toCodedError } from '../../db/pg-errors.ts';
import {
  errorName,
  framesOf,
  isCoded,
  type CodedError,
  type ErrorCode,
} from '../../domain/errors.ts';
import { HTTP_ERRORS, toProblem, type Problem } from '../http-errors.ts';

/** An error in the terms of the API. */
interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly faults?: Problem['faults'];
  readonly retryAfterSeconds?: number;
}

const FAULTS_SHOWN_MAX = 20;
const FAULT_CHARS_MAX = 160;

/** Fastify's own errors, by their codes. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported_media_type',
  FST_ERR_CTP_INVALID_TYPE: 'request.unsupported_media_type',
  FST_ERR_HANDLER_TIMEOUT: 'request.timed_out',
  FST_ERR_NOT_FOUND: 'request.route_not_found',
};

/** The one place where errors become answers: problem+json, and a log line for every 5xx. */
export const errorHandlerPlugin = fp(
  (app, _options, done) => {
    app.setErrorHandler((error, request, reply) => answerWithProblem(error, request, reply));
    done();
  },
  { name: 'error-handler', fastify: '5.x' },
);

/** Answers a request with the problem for `error`. */
export function answerWithProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const fault = toFault(error);
  const problem = toProblem(
    fault.code,
    fault.message,
    { path: pathOf(request.url), requestId: request.id },
    fault.faults,
  );
  if (problem.status >= 500) logFailure(error, fault.code, request);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="purser"');
  if (problem.status === 503) void reply.header('retry-after', '1');
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

function toFault(error: unknown): Fault {
  if (isCoded(error)) return { code: error.code, message: error.message };
  if (hasZodFastifySchemaValidationErrors(error)) return schemaFault(error);
  const fromDatabase = toCodedError(error);
  // A value that no column can hold came with the request: everything else is made by Purser.
  if (isDataException(fromDatabase)) {
    return { code: 'request.invalid', message: 'A value of the request is out of its range.' };
  }
  if (fromDatabase !== null) return { code: fromDatabase.code, message: fromDatabase.message };
  if (error instanceof Error && error.name === 'InvariantViolation') {
    return { code: 'invariant.violated', message: error.message };
  }
  return fastifyFault(error);
}

/** Class 22 of Postgres' SQLSTATEs. */
function isDataException(error: CodedError | null): boolean {
  const { sqlstate } = error?.details ?? {};
  return typeof sqlstate === 'string' && sqlstate.startsWith('22');
}

type SchemaError = FastifyError & {
  validation: readonly { readonly instancePath: string; readonly message?: string }[];
  validationContext?: string;
};

function schemaFault(error: SchemaError): Fault {
  const faults = error.validation.slice(0, FAULTS_SHOWN_MAX).map((issue) => ({
    at: shortened(`${error.validationContext ?? 'request'}${issue.instancePath}`),
    rule: shortened(issue.message ?? 'does not match the documentation'),
  }));
  if (error.validation.some(({ instancePath }) => instancePath === '/idempotency-key')) {
    return {
      code: 'request.idempotency_key_missing',
      message: 'Send an Idempotency-Key header of 1 to 200 visible characters.',
      faults,
    };
  }
  return {
    code: 'request.invalid',
    message: 'The request does not match the documentation; `faults` lists the places.',
    faults,
  };
}

function fastifyFault(error: unknown): Fault {
  const { statusCode, code } = isFastifyError(error) ? error : { statusCode: 500, code: '' };
  const known = FASTIFY_CODES[code];
  if (known !== undefined) return { code: known, message: HTTP_ERRORS[known].title };
  if (statusCode === 429) {
    return {
      code: 'request.rate_limited',
      message: HTTP_ERRORS['request.rate_limited'].title,
    };
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { code: 'request.invalid', message: 'The request cannot be read.' };
  }
  return { code: 'internal.unexpected', message: HTTP_ERRORS['internal.unexpected'].title };
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error;
}

/** Names and codes only: a driver's message may quote rows, and a parser's the body. */
function logFailure(error: unknown, code: ErrorCode, request: FastifyRequest): void {
  const coded = isCoded(error) ? error : toCodedError(error);
  request.log.error(
    {
      code,
      route: request.routeOptions.url,
      ...(coded === null ? { failure: errorName(error), stack: framesOf(error) } : coded.details),
    },
    'request failed',
  );
}

function shortened(text: string): string {
  return text.length <= FAULT_CHARS_MAX ? text : `${text.slice(0, FAULT_CHARS_MAX)}…`;
}

function pathOf(url: string): string {
  return shortened(url.split('?', 1)[0] ?? '');
}
