import { z } from 'zod';
import { findClaim, insertClaim, withdrawClaim, type Claim } from '../../../db/queries/claims.ts';
import { newId } from '../../../db/new-id.ts';
import { findWallet } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { invariant } from '../../../domain/invariant.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { AMOUNT_MINOR_MAX, ZAR } from '../../../domain/money/money.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { readProblems, writeProblems } from '../../schemas/problem.ts';
import {
  claimId,
  day,
  depositId,
  digits,
  instant,
  money,
  noBody,
  noQuery,
  plainText,
  toInstant,
  toInstantOrNull,
  toMoney,
  walletId,
} from '../../schemas/wire.ts';

const CLAIM_DAYS = 30;
const DAY_MS = 86_400_000;

const claimSchema = z.strictObject({
  id: claimId,
  walletId,
  amount: money,
  paidOn: day,
  proofRef: z.string().nullable(),
  state: z.enum(['open', 'met', 'expired', 'withdrawn']),
  depositId: depositId.nullable().meta({ description: 'The credited deposit that it met.' }),
  madeAt: instant,
  expiresAt: instant,
  endedAt: instant.nullable(),
});

function toClaim(claim: Claim): z.infer<typeof claimSchema> {
  return {
    id: claim.id,
    walletId: claim.walletId,
    amount: toMoney(claim.amountMinor, ZAR),
    paidOn: claim.paidOn,
    proofRef: claim.proofRef,
    state: claim.state,
    depositId: claim.depositId,
    madeAt: toInstant(claim.madeAt),
    expiresAt: toInstant(claim.expiresAt),
    endedAt: toInstantOrNull(claim.endedAt),
  };
}

const madeSchema = z.looseObject({ id: claimId });

const notFound = () => new CodedError('claim.not_found', 'There is no such claim.');

export function makeClaimRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/claims',
    config: needs('claim:write'),
    schema: {
      tags: ['claims'],
      summary: 'A customer says “I have paid”',
      description:
        'Ranks the suggestions of deposits that wait, whichever comes first. It credits nothing, whatever proof comes with it.',
      headers: idempotencyHeaders,
      querystring: noQuery,
      body: z.strictObject({
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
          throw new CodedError('wallet.not_found', 'There is no such wallet.');
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
      const { id } = madeSchema.parse(given.body);
      await deps.temporal.startClaim(id);
      return sendAnswer(reply, given);
    },
  });
}

export function getClaimRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/claims/:id',
    config: needs('claim:read'),
    schema: {
      tags: ['claims'],
      summary: 'How a claim stands',
      params: z.strictObject({ id: claimId }),
      querystring: noQuery,
      response: { 200: claimSchema, ...readProblems('claim.not_found') },
    },
    handler: async (request) => {
      const claim = await findClaim(deps.database.db, request.params.id);
      if (claim === null) throw notFound();
      return toClaim(claim);
    },
  });
}

export function withdrawClaimRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/claims/:id/withdraw',
    config: needs('claim:write'),
    schema: {
      tags: ['claims'],
      summary: 'Take a claim back',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: claimId }),
      querystring: noQuery,
      body: noBody,
      response: {
        200: claimSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'claim.not_found',
          'claim.not_open',
        ),
      },
    },
    handler: async (request, reply) => {
      const given = await answerOnce(deps, request, async (tx) => {
        const { id } = request.params;
        if ((await findClaim(tx, id)) === null) throw notFound();
        if (!(await withdrawClaim(tx, id)))
          throw new CodedError('claim.not_open', 'This claim is over already.');
        const claim = await findClaim(tx, id);
        invariant(claim !== null, 'A claim that was withdrawn a moment ago is gone.');
        return { status: 200, body: toClaim(claim) };
      });
      return sendAnswer(reply, given);
    },
  });
}
