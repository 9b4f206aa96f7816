import { z } from 'zod';
import { closeLineCase, findAccountOfCase, listLineCases } from '../../../db/queries/line-cases.ts';
import { listHeldByReversals } from '../../../db/queries/rechecks.ts';
import { CodedError } from '../../../domain/errors.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { caseSchema, toCase } from '../../outputs/line-case.ts';
import { readProblems, writeProblems } from '../../schemas/problem.ts';
import { accountKey, digits, noQuery, pageOf, pageQuery, plainText } from '../../schemas/wire.ts';

export function listLineCasesRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/cases',
    config: needs('review:read'),
    schema: {
      tags: ['reviews'],
      summary: 'Lines that the bank changed after they were captured, newest first',
      querystring: pageQuery.extend({
        account: accountKey.optional(),
        state: z.enum(['open', 'all']).optional(),
      }),
      response: { 200: pageOf(caseSchema), ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, account, state } = request.query;
      const rows = await listLineCases(deps.database.db, {
        accountKey: account ?? null,
        isOpen: state !== 'all',
        beforeId: decodeNumber(cursor),
        limit: limit + 1,
      });
      return toPage(rows, limit, toCase, (found) => encodeNumber(found.row.id));
    },
  });
}

/** More than this are woken by the sweep. */
const WOKEN_MAX = 100;

const closedSchema = z.strictObject({ id: digits, outcome: z.literal('decided') });

export function closeLineCaseRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/cases/:id/close',
    config: needs('review:decide'),
    schema: {
      tags: ['reviews'],
      summary: 'Close a case, with the reason why nothing is left to do',
      description:
        'Only for keys of persons. Posts nothing: money is moved by `/take-back`, `/pair` and decisions on reviews.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: digits }),
      querystring: noQuery,
      body: z.strictObject({ note: plainText(1_000) }),
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
        if (!isClosed) throw new CodedError('case.not_open', 'There is no such open case.');
        return { status: 200, body: { id, outcome: 'decided' } };
      });
      await wakeHeld(deps, BigInt(request.params.id));
      return sendAnswer(reply, given);
    },
  });
}

/** A reversal that a person has closed holds no deposit any more; where Temporal cannot be reached, the sweep says so. */
async function wakeHeld(deps: ApiDeps, caseId: bigint): Promise<void> {
  const { db } = deps.database;
  const accountKey = await findAccountOfCase(db, caseId);
  if (accountKey === null) return;
  for (const ref of await listHeldByReversals(db, { accountKey, limit: WOKEN_MAX }))
    await deps.temporal.wakeDeposit(ref, { reason: 'cause_gone' });
}
