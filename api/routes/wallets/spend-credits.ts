import { z } from 'zod';
import { spendCredits } from '../../../app/wallet/spend-credits.ts';
import { findWallet } from '../../../db/queries/wallets.ts';
import { invariant } from '../../../domain/invariant.ts';
import { localDateIn } from '../../../domain/local-date.ts';
import { ZAR } from '../../../domain/money/money.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { balanceSchema, toBalance } from '../../outputs/wallet.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { day, money, noQuery, plainText, spendId, toMoney, walletId } from '../../schemas/wire.ts';

/** The wallets are in rand, so that their days are South African ones. */
const TIME_ZONE = 'Africa/Johannesburg';

const spentSchema = z.strictObject({
  id: spendId,
  credits: z.string(),
  revenue: money.meta({ description: 'Their average cost: what you have earned by it.' }),
  spentOn: day,
  balance: balanceSchema,
});

export function spendCreditsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/wallets/:id/spends',
    config: needs('wallet:spend'),
    schema: {
      tags: ['wallets'],
      summary: 'Spend credits of a wallet',
      description: 'The same Idempotency-Key spends once, however often it is sent.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: walletId }),
      querystring: noQuery,
      body: z.strictObject({
        credits: z
          .string()
          .regex(/^[1-9][0-9]{0,8}$/)
          .meta({ description: 'Whole credits.', examples: ['3'] }),
        note: plainText(200).optional(),
      }),
      response: {
        201: spentSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'wallet.insufficient_credits',
          'wallet.not_found',
          'wallet.not_open',
          'wallet.owes',
        ),
      },
    },
    handler: async (request, reply) => {
      const given = await answerOnce(deps, request, async (tx) => {
        const spentOn = localDateIn(deps.clock(), TIME_ZONE);
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
            balance: toBalance(wallet),
          },
        };
      });
      return sendAnswer(reply, given);
    },
  });
}
