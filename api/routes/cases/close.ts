import { z } from 'zod';
import { closeLineCase, findAccountOfCase } from '../../../db/queries/line-cases.ts';
import { listHeldByReversals } from '../../../db/queries/rechecks.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { digits, noQuery, plainText } from '../../schemas/wire.ts';

/** The sweep wakes the deposits beyond this number. */
const WOKEN_MAX = 100;

const body = named('CaseClosing', z.strictObject({ note: plainText(1_000) }), {
  description: 'Why nothing is left to do.',
  example: { note: 'The bank charged back a fee; the customer was told by phone.' },
});

const closedSchema = named(
  'ClosedCase',
  z.strictObject({ id: digits, outcome: z.literal('decided') }),
  { description: 'The case that you closed.', example: { id: '17', outcome: 'decided' } },
);

export function closeCaseRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/cases/:id/close',
    config: needs('review:decide'),
    schema: {
      operationId: 'closeCase',
      tags: ['cases'],
      summary: 'Close a case with a note',
      description:
        'Needs a person’s key. Moves no money: use `/take-back`, `/pair` or a decision on a review for that.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: digits }),
      querystring: noQuery,
      body,
      response: {
        200: closedSchema,
        ...writeProblems('request.idempotency_key_missing', 'request.key_reused', 'case.not_open'),
      },
    },
    handler: async (request, reply) => {
      const given = await answerOnce(deps, request, async (tx) => {
        const { id } = request.params;
        const isClosed = await closeLineCase(tx, {
          id: BigInt(id),
          by: principalOf(request).keyId,
          note: request.body.note,
        });
        if (!isClosed) throw new CodedError('case.not_open', 'Open case not found.');
        return { status: 200, body: { id, outcome: 'decided' } };
      });
      await wakeHeld(deps, BigInt(request.params.id));
      return sendAnswer(reply, given);
    },
  });
}

/** A closed reversal no longer holds deposits back; where Temporal cannot be reached, the sweep wakes them. */
async function wakeHeld(deps: ApiDeps, caseId: bigint): Promise<void> {
  const { db } = deps.database;
  const accountKey = await findAccountOfCase(db, caseId);
  if (accountKey === null) return;
  const held = await listHeldByReversals(db, { accountKey, limit: WOKEN_MAX });
  await deps.temporal.wakeDeposits(held, { reason: 'cause_gone' });
}
