import { z } from 'zod';
import { findClaim, insertClaim } from '../../../db/queries/claims.ts';
import { newId } from '../../../db/new-id.ts';
import { findWallet } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { invariant } from '../../../domain/invariant.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { AMOUNT_MINOR_MAX } from '../../../domain/money/money.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { claimId, day, digits, noQuery, plainText, walletId } from '../../schemas/wire.ts';
import { claimSchema, toClaim } from './claim.ts';

const CLAIM_DAYS = 30;
const DAY_MS = 86_400_000;

const body = named(
  'NewClaim',
  z.strictObject({
    walletId,
    amountMinor: digits.refine(
      (text) => BigInt(text) > 0n && BigInt(text) <= AMOUNT_MINOR_MAX,
      'is not an amount above 0',
    ),
    paidOn: day,
    proofRef: plainText(200)
      .optional()
      .meta({ description: 'Where you keep the customer’s proof of payment.' }),
  }),
  {
    description: 'What the customer says they paid.',
    example: {
      walletId: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
      amountMinor: '27500',
      paidOn: '2026-11-20',
      proofRef: 'ticket 4711',
    },
  },
);

const createdSchema = z.looseObject({ id: claimId });

export function createClaimRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/claims',
    config: needs('claim:write', { by: 'wallet', in: 'body', field: 'walletId' }),
    schema: {
      operationId: 'createClaim',
      tags: ['claims'],
      summary: 'Record that a customer says they have paid',
      description:
        'Ranks the suggestions for waiting deposits, whichever arrives first. A claim never credits a wallet, whatever proof it names.',
      headers: idempotencyHeaders,
      querystring: noQuery,
      body,
      response: {
        201: claimSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'wallet.not_found',
        ),
      },
    },
    handler: async (request, reply) => {
      const given = await answerOnce(deps, request, async (tx) => {
        const { amountMinor, paidOn, proofRef, walletId: of } = request.body;
        if ((await findWallet(tx, of)) === null)
          throw new CodedError('wallet.not_found', 'Wallet not found.');
        const id = newId('claim');
        await insertClaim(tx, {
          id,
          walletId: of,
          amountMinor: BigInt(amountMinor),
          paidOn: parseLocalDate(paidOn),
          proofRef: proofRef ?? null,
          madeBy: principalOf(request).keyId,
          expiresAt: new Date(deps.clock().getTime() + CLAIM_DAYS * DAY_MS),
        });
        const claim = await findClaim(tx, id);
        invariant(claim !== null, 'A claim that was stored a moment ago is gone.');
        return { status: 201, body: toClaim(claim) };
      });
      const { id } = createdSchema.parse(given.body);
      await deps.temporal.startClaim(id);
      return sendAnswer(reply, given);
    },
  });
}
