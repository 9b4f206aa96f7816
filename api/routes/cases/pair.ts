import type { Proposed } from '../../../app/decide/read-proposal.ts';
import { recordDecision } from '../../../app/decide/propose.ts';
import type { Transaction } from '../../../db/client.ts';
import { findDeposit } from '../../../db/queries/deposits-read.ts';
import type { OpenLineCase } from '../../../db/queries/line-cases.ts';
import { CodedError } from '../../../domain/errors.ts';
import { chargesOf } from '../../../domain/ledger/reversal.ts';
import { recordedAnswer } from '../../decision-answer.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { reasonBody } from '../../schemas/decision-body.ts';
import { named } from '../../schemas/named.ts';
import { depositId, noQuery } from '../../schemas/wire.ts';
import { caseParams, caseResponses, openCase } from './open-case.ts';

const body = named('NewPairing', reasonBody.extend({ depositId }), {
  description: 'The deposit that the reversal takes back.',
  example: {
    depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
    reason: 'Same amount and payer; the bank confirmed the reversal by phone.',
  },
});

export function pairCaseRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/cases/:id/pair',
    config: needs('review:decide'),
    schema: {
      operationId: 'pairCase',
      tags: ['cases'],
      summary: 'Propose which deposit an unpaired reversal takes back',
      description:
        'Needs a person’s key and a `reversal_unpaired` case. The deposit must have the same bank account and currency, and the same amount except for the bank’s charge. After a second person approves, Purser posts the pair like those it finds itself.',
      headers: idempotencyHeaders,
      params: caseParams,
      querystring: noQuery,
      body,
      response: caseResponses('deposit.not_found', 'case.pair_mismatch'),
    },
    handler: async (request, reply) => {
      const { depositId: id, reason } = request.body;
      const recorded = await answerOnce(deps, request, async (tx) => {
        const found = await openCase(tx, request.params.id, 'reversal_unpaired');
        await refuseMismatch(tx, found, id);
        const { lineId } = found;
        const proposed: Proposed = { depositId: id, kind: 'pair', lineId, reason };
        return recordedAnswer(await recordDecision(tx, deps, proposed, principalOf(request)));
      });
      return sendAnswer(reply, recorded);
    },
  });
}

async function refuseMismatch(
  tx: Transaction,
  found: OpenLineCase,
  ofDeposit: string,
): Promise<void> {
  const deposit = await findDeposit(tx, ofDeposit);
  if (deposit === null) throw new CodedError('deposit.not_found', 'Deposit not found.');
  const { bankAccountKey: accountKey, amountMinor, currency } = deposit;
  const line = { ...found, amountMinor: -found.amountMinor };
  if (chargesOf(line, { accountKey, amountMinor, currency }) !== null) return;
  throw new CodedError(
    'case.pair_mismatch',
    'The bank account, currency or amount of the deposit differs from that of the reversal.',
  );
}
