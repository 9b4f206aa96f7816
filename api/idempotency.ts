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

/** Why a write is made, as far as its body says so: the audit trail keeps it. */
function reasonIn(body: unknown): string | null {
  return withReason.safeParse(body).data?.reason ?? null;
}

/** An answer, and whether it was given before. */
export interface GivenAnswer extends Answer {
  readonly isReplay: boolean;
  readonly name: RequestName;
}

/** A refusal as it is saved: coded, so that a replay words it anew. */
const savedRefusal = z.strictObject({ refused: z.enum(ERROR_CODES), message: z.string() });

/**
 * Runs `effect` once for each (principal, route, Idempotency-Key), in one transaction with the key's row, as the caller.
 * A twin waits for the first and gets its answer. A refusal decided by `effect` (4xx) is kept, with nothing else of it;
 * any other failure leaves no row, so the request may be tried again.
 * @throws CodedError `request.key_reused` when the key came before with another request.
 */
export async function answerOnce(
  deps: Pick<ApiDeps, 'database'>,
  request: FastifyRequest,
  effect: (tx: Transaction) => Promise<Answer>,
): Promise<GivenAnswer> {
  return answerNamed(deps, request, { name: nameOf(request), body: request.body }, effect);
}

/**
 * As {@link answerOnce} for one part of a request that has several, each with a transaction and a saved answer of its
 * own. `part` names it within the request.
 */
export async function answerPart(
  deps: Pick<ApiDeps, 'database'>,
  request: FastifyRequest,
  part: { readonly name: string; readonly body: unknown },
  effect: (tx: Transaction) => Promise<Answer>,
): Promise<GivenAnswer> {
  const { principal, route, key } = nameOf(request);
  // No key that a caller may send has a blank in it.
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

/** A refusal as it is kept. */
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
  return { principal: principalOf(request).keyId, route: `${String(method)} ${url}`, key };
}

/** The validated body has its fields in the schema's order, so the order in which a client wrote them is no difference. */
function hashOf(params: unknown, body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([params, body]))
    .digest('hex');
}
