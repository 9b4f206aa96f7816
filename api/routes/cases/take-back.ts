import { z } from 'zod';
import type { Transaction } from '../../../db/client.ts';
import { findDeposit } from '../../../db/queries/deposits-read.ts';
import { findOpenCase, type OpenLineCase } from '../../../db/queries/line-cases.ts';
import type { LineCaseKind } from '../../../db/schema/gates.ts';
import { CodedError, type ErrorCode } from '../../../domain/errors.ts';
import { chargesOf } from '../../../domain/ledger/reversal.ts';
import { reasonBody } from '../../schemas/decision-body.ts';
import type { Proposed } from '../../../app/decide/read-proposal.ts';
import { recordDecision } from '../../../app/decide/propose.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { acceptedSchema } from '../../outputs/decision.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { depositId, digits, noQuery } from '../../schemas/wire.ts';

const params = z.strictObject({ id: digits });
const responses = (...more: readonly ErrorCode[]) => ({
  202: acceptedSchema,
  ...writeProblems(
    'request.idempotency_key_missing',
    'request.key_reused',
    'case.not_open',
    'case.wrong_kind',
    'deposit.already_settled',
    'decision.already_proposed',
    ...more,
  ),
});

export function takeBackCaseRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/cases/:id/take-back',
    config: needs('review:decide'),
    schema: {
      tags: ['decisions'],
      summary: 'Propose to take a deposit back whose line vanished',
      description:
        'Only for keys of persons, about a `line_vanished` case. A second person approves it; then the credit leaves its wallet (what was spent becomes a debt), the customer is told, and the case closes. Should the bank show the line again, the deposit begins anew.',
      headers: idempotencyHeaders,
      params,
      querystring: noQuery,
      body: reasonBody,
      response: responses(),
    },
    handler: async (request, reply) => {
      const { body } = request;
      const recorded = await answerOnce(deps, request, async (tx) => {
        const found = await openCase(tx, request.params.id, 'line_vanished');
        if (found.depositId === null)
          throw new CodedError('case.wrong_kind', 'The line of this case is no deposit.');
        const proposed = { depositId: found.depositId, kind: 'take_back', body } as const;
        return recordDecision(tx, deps, proposed, principalOf(request));
      });
      return sendAnswer(reply, recorded);
    },
  });
}

export function pairCaseRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/cases/:id/pair',
    config: needs('review:decide'),
    schema: {
      tags: ['decisions'],
      summary: 'Propose which deposit a reversal without an original takes back',
      description:
        'Only for keys of persons, about a `reversal_unpaired` case. The deposit must be of the same bank account and currency, and of the same amount but for the bank’s charge. A second person approves it; then the two are settled as pairs that Purser finds.',
      headers: idempotencyHeaders,
      params,
      querystring: noQuery,
      body: reasonBody.extend({ depositId }),
      response: responses('deposit.not_found', 'case.pair_mismatch'),
    },
    handler: async (request, reply) => {
      const { depositId: id, ...body } = request.body;
      const recorded = await answerOnce(deps, request, async (tx) => {
        const found = await openCase(tx, request.params.id, 'reversal_unpaired');
        await refuseMismatch(tx, found, id);
        const { lineId } = found;
        const proposed: Proposed = { depositId: id, kind: 'pair', body, lineId };
        return recordDecision(tx, deps, proposed, principalOf(request));
      });
      return sendAnswer(reply, recorded);
    },
  });
}

async function openCase(tx: Transaction, id: string, kind: LineCaseKind): Promise<OpenLineCase> {
  const found = await findOpenCase(tx, BigInt(id));
  if (found === null) throw new CodedError('case.not_open', 'There is no such open case.');
  if (found.kind === kind) return found;
  throw new CodedError('case.wrong_kind', `This case is ${found.kind}: it asks for another step.`);
}

async function refuseMismatch(
  tx: Transaction,
  found: OpenLineCase,
  depositId: string,
): Promise<void> {
  const deposit = await findDeposit(tx, depositId);
  if (deposit === null) throw new CodedError('deposit.not_found', 'There is no such deposit.');
  const { bankAccountKey: accountKey, amountMinor, currency } = deposit;
  const line = { ...found, amountMinor: -found.amountMinor };
  if (chargesOf(line, { accountKey, amountMinor, currency }) !== null) return;
  throw new CodedError(
    'case.pair_mismatch',
    'The deposit is of another bank account, currency or amount than the line that was to take it back.',
  );
}
