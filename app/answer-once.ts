import type { Database, Transaction } from '../db/client.ts';
import { actAs, type Actor } from '../db/queries/audit.ts';
import { claimRequest, saveAnswer, type RequestName } from '../db/queries/idempotency.ts';
import { CodedError, isCoded } from '../domain/errors.ts';

/** The answer to a request. `status` null: the effect is committed, and the answer comes from elsewhere. */
export interface Answer {
  readonly status: number | null;
  readonly body: unknown;
}

/** The request that a call claims: who asks for what, and why. */
export interface NamedRequest {
  readonly name: RequestName;
  /** SHA-256 of the request: the same name with another hash is refused. */
  readonly sha256: string;
  readonly actor: Actor;
  readonly why: string | null;
}

/**
 * Runs `effect` once for each name, in one transaction with the request's row. A concurrent repeat waits for the first
 * request and gets its answer. If `toRefusal` answers a refusal, that answer is kept and the effect is rolled back; any
 * other failure leaves no row, so the caller may retry.
 * @throws CodedError `request.key_reused` when the name was used before with another hash.
 */
export async function answerOnce(
  database: Database,
  request: NamedRequest,
  effect: (tx: Transaction) => Promise<Answer>,
  toRefusal: (error: CodedError) => Answer | null,
): Promise<Answer & { readonly isReplay: boolean }> {
  const { name, sha256 } = request;
  return database.transaction(async (tx) => {
    const saved = await claimRequest(tx, name, sha256);
    if (saved !== null) {
      if (saved.requestSha256 !== sha256) {
        throw new CodedError(
          'request.key_reused',
          'This Idempotency-Key belongs to a different request: use a new key.',
        );
      }
      return { status: saved.status, body: saved.response, isReplay: true };
    }
    await actAs(tx, request.actor, request.why);
    const answer = await orRefusal(tx, effect, toRefusal);
    await saveAnswer(tx, name, answer);
    return { ...answer, isReplay: false };
  });
}

/** Runs the effect under a savepoint: a refusal rolls the effect back, and only the refusal is kept. */
async function orRefusal(
  tx: Transaction,
  effect: (tx: Transaction) => Promise<Answer>,
  toRefusal: (error: CodedError) => Answer | null,
): Promise<Answer> {
  try {
    return await tx.transaction(effect);
  } catch (error) {
    const refusal = isCoded(error) ? toRefusal(error) : null;
    if (refusal === null) throw error;
    return refusal;
  }
}
