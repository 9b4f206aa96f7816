import { z } from 'zod';
import { closeLineCase, listLineCases, type LineCaseRow } from '../../db/queries/line-cases.ts';
import { LINE_CASE_KINDS } from '../../db/schema/gates.ts';
import { CodedError } from '../../domain/errors.ts';
import { decodeNumber, encodeNumber, toPage } from '../cursor.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../idempotency.ts';
import { depositState } from '../outputs/deposit.ts';
import { readProblems, writeProblems } from '../route-problems.ts';
import {
  accountKey,
  day,
  depositId,
  digits,
  instant,
  money,
  noQuery,
  pageOf,
  pageQuery,
  plainText,
  toInstant,
  toInstantOrNull,
  toMoney,
} from '../wire.ts';

const caseSchema = z.strictObject({
  id: digits,
  kind: z.enum(LINE_CASE_KINDS).meta({
    description:
      '`line_vanished`: complete reads of its day do not show it any more; `amount_changed`: its id came with another amount, which waits in review; `reversal_unpaired`: a debit whose original was not found.',
  }),
  account: accountKey,
  lineId: digits,
  otherLineId: digits.nullable(),
  amount: money,
  bookingDate: day,
  depositId: depositId.nullable(),
  depositState: depositState.nullable(),
  openedAt: instant,
  closedAt: instant.nullable(),
  outcome: z.enum(['restored', 'settled', 'decided']).nullable(),
  note: z.string().nullable(),
});

function toCase(found: LineCaseRow): z.infer<typeof caseSchema> {
  const { row } = found;
  return {
    id: row.id.toString(),
    kind: row.kind,
    account: found.accountKey,
    lineId: row.lineId.toString(),
    otherLineId: row.otherId?.toString() ?? null,
    amount: toMoney(found.amountMinor, found.currency),
    bookingDate: found.bookingDate,
    depositId: found.depositId,
    depositState: found.depositState,
    openedAt: toInstant(row.openedAt),
    closedAt: toInstantOrNull(row.closedAt),
    outcome: row.outcome,
    note: row.note,
  };
}

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

const closedSchema = z.strictObject({ id: digits, outcome: z.literal('decided') });

export function closeLineCaseRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/cases/:id/close',
    config: needs('review:decide'),
    schema: {
      tags: ['reviews'],
      summary: 'Close a case, with the reason why nothing is left to do',
      description: 'Only for keys of persons. Posts nothing: money is moved by decisions.',
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
      return sendAnswer(reply, given);
    },
  });
}
