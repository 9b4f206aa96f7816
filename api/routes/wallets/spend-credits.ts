import { z } from 'zod';
import { spendCredits } from '../../../app/wallet/spend-credits.ts';
import { findWallet } from '../../../db/queries/wallets.ts';
import { invariant } from '../../../domain/invariant.ts';
import { BUSINESS_TIME_ZONE, localDateIn } from '../../../domain/local-date.ts';
import { ZAR } from '../../../domain/money/money.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { toWalletBalance, walletBalanceSchema } from '../../outputs/wallet.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { day, money, noQuery, plainText, spendId, toMoney, walletId } from '../../schemas/wire.ts';

const body = named(
  'NewSpend',
  z.strictObject({
    credits: z
      .string()
      .regex(/^[1-9][0-9]{0,8}$/)
      .meta({ description: 'Whole credits.', examples: ['3'] }),
    note: plainText(200).optional(),
  }),
  { description: 'How many credits to spend.', example: { credits: '3', note: 'order 4711' } },
);

const spentSchema = named(
  'Spend',
  z.strictObject({
    id: spendId,
    credits: z.string(),
    revenue: money.meta({ description: 'What you earned: the credits at their average cost.' }),
    spentOn: day,
    balance: walletBalanceSchema,
  }),
  {
    description: 'Credits that were spent, and the balance after it.',
    example: {
      id: 'spd_019ab3c4d5e67f8091a2b3c4d5e6f708',
      credits: '3',
      revenue: { minor: '15000', currency: 'ZAR' },
      spentOn: '2026-11-20',
      balance: {
        credits: '2',
        rand: { minor: '12500', currency: 'ZAR' },
        remainder: { minor: '2500', currency: 'ZAR' },
        owed: { minor: '0', currency: 'ZAR' },
        spendable: '2',
        pending: { minor: '0', currency: 'ZAR' },
      },
    },
  },
);

export function spendCreditsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/wallets/:id/spends',
    config: needs('wallet:spend', { by: 'wallet', in: 'params', field: 'id' }),
    schema: {
      operationId: 'spendWalletCredits',
      tags: ['wallets'],
      summary: 'Spend credits of a wallet',
      description: 'Repeats with the same Idempotency-Key spend once.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: walletId }),
      querystring: noQuery,
      body,
      response: {
        201: spentSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'wallet.credits_pending',
          'wallet.insufficient_credits',
          'wallet.not_found',
          'wallet.not_open',
          'wallet.owes',
        ),
      },
    },
    handler: async (request, reply) => {
      const given = await answerOnce(deps, request, async (tx) => {
        const spentOn = localDateIn(deps.clock(), BUSINESS_TIME_ZONE);
        const spent = await spendCredits(tx, {
          walletId: request.params.id,
          credits: BigInt(request.body.credits),
          note: request.body.note ?? null,
          spentBy: principalOf(request).keyId,
          spentOn,
        });
        const wallet = await findWallet(tx, request.params.id);
        invariant(wallet !== null, 'A wallet that spent a moment ago is gone.');
        return {
          status: 201,
          body: {
            id: spent.spendId,
            credits: request.body.credits,
            revenue: toMoney(spent.revenueMinor, ZAR),
            spentOn,
            balance: toWalletBalance(wallet),
          },
        };
      });
      return sendAnswer(reply, given);
    },
  });
}
