import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { answerOnce as answerInTransaction, type Answer } from '../app/answer-once.ts';
import type { Transaction } from '../db/client.ts';
import type { RequestName } from '../db/queries/idempotency.ts';
import { CodedError, ERROR_CODES } from '../domain/errors.ts';
import { actorOf, principalOf, type ApiDeps } from './deps.ts';
import { HTTP_ERRORS } from './http-errors.ts';

/** The header of every POST that creates or moves something. */
export const idempotencyHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[!-~]{1,200}$/)
    .meta({
      description: 'Your name for this request: you can safely repeat it with the same key.',
    }),
});

const withReason = z.looseObject({ reason: z.string() });

/** The reason for a write, if its body states one; the audit trail keeps it. */
function reasonIn(body: unknown): string | null {
  return withReason.safeParse(body).data?.reason ?? null;
}

/** An answer; `isReplay` if it was given before. */
export interface GivenAnswer extends Answer {
  readonly isReplay: boolean;
  readonly name: RequestName;
}

/** A saved refusal: a code and a message, from which a replay makes its answer. */
const savedRefusal = z.strictObject({ refused: z.enum(ERROR_CODES), message: z.string() });

/**
 * Runs `effect` once for each (caller, route, Idempotency-Key), in one transaction with the key's row, as the
 * caller. A concurrent repeat waits for the first request and gets its answer. A refusal by `effect` (4xx) is kept and
 * the rest of the effect rolled back; any other failure leaves no row, so the caller may retry.
 * @throws CodedError `request.key_reused` if the key was used before for another request.
 */
export async function answerOnce(
  deps: Pick<ApiDeps, 'database'>,
  request: FastifyRequest,
  effect: (tx: Transaction) => Promise<Answer>,
): Promise<GivenAnswer> {
  return answerNamed(deps, request, { name: nameOf(request), body: request.body }, effect);
}

/**
 * As {@link answerOnce} for one part of a request with several parts, each with its own transaction and saved answer.
 * `part` names the part within the request.
 */
export async function answerPart(
  deps: Pick<ApiDeps, 'database'>,
  request: FastifyRequest,
  part: { readonly name: string; readonly body: unknown },
  effect: (tx: Transaction) => Promise<Answer>,
): Promise<GivenAnswer> {
  const { principal, route, key } = nameOf(request);
  // A key from a caller never contains a blank.
  const name = { principal, route: `${route} part`, key: `${key} ${part.name}` };
  return answerNamed(deps, request, { name, body: part.body }, effect);
}

async function answerNamed(
  deps: Pick<ApiDeps, 'database'>,
  request: FastifyRequest,
  asked: { readonly name: RequestName; readonly body: unknown },
  effect: (tx: Transaction) => Promise<Answer>,
): Promise<GivenAnswer> {
  const { name, body } = asked;
  const sha256 = hashOf(request.params, body);
  const by = { actor: actorOf(principalOf(request)), why: reasonIn(body) };
  const given = await answerInTransaction(
    deps.database.db,
    { name, sha256, ...by },
    effect,
    (error) => (HTTP_ERRORS[error.code].status >= 500 ? null : toSavedRefusal(error)),
  );
  return refuseAgain({ ...given, name });
}

/** Sends an answer and marks a repeated one as such. */
export function sendAnswer(reply: FastifyReply, given: GivenAnswer): FastifyReply {
  if (given.isReplay) void reply.header('idempotency-replayed', 'true');
  return reply.code(given.status ?? 200).send(given.body);
}

/** The stored form of a refusal. */
export function toSavedRefusal(error: CodedError): Answer {
  return {
    status: HTTP_ERRORS[error.code].status,
    body: { refused: error.code, message: error.message },
  };
}

function refuseAgain(given: GivenAnswer): GivenAnswer {
  if (given.status === null || given.status < 400) return given;
  const { refused, message } = savedRefusal.parse(given.body);
  throw new CodedError(refused, message);
}

function nameOf(request: FastifyRequest): RequestName {
  const key = idempotencyHeaders.parse(request.headers)['idempotency-key'];
  const { method, url = '' } = request.routeOptions;
  return { principal: principalOf(request).caller, route: `${String(method)} ${url}`, key };
}

/** The validated body has its fields in the schema's order, so the client's order of fields makes no difference. */
function hashOf(params: unknown, body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([params, body]))
    .digest('hex');
}
