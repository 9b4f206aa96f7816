import { z } from 'zod';
import { findWallet } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { TOKEN_SECONDS_MAX } from '../../auth/wallet-tokens.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { instant, noQuery, toInstant, walletId } from '../../schemas/wire.ts';

const body = named(
  'NewWalletToken',
  z.strictObject({
    lifeSeconds: z
      .int()
      .min(60)
      .max(TOKEN_SECONDS_MAX)
      .optional()
      .meta({ description: 'How long the token works; 900 if you do not say.' }),
  }),
  { description: 'A token for the app of one customer.', example: { lifeSeconds: 900 } },
);

const LIFE_SECONDS = 900;

const tokenSchema = named(
  'WalletToken',
  z.strictObject({ token: z.string(), walletId, expiresAt: instant }),
  {
    description: 'Send it as `Authorization: Bearer <token>`; it only reads this wallet.',
    example: {
      token: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ3YWxfMDE5YWIzIn0.c2lnbmF0dXJl',
      walletId: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
      expiresAt: '2026-11-20T08:15:00.000Z',
    },
  },
);

/** Needs no Idempotency-Key: a second token harms nobody, and an answer that was saved would be a secret in a row. */
export function mintWalletTokenRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/wallets/:id/tokens',
    config: needs('wallet:mint_token', { by: 'wallet', in: 'params', field: 'id' }),
    schema: {
      operationId: 'mintWalletToken',
      tags: ['wallets'],
      summary: 'Make a token with which a customer’s app reads this wallet',
      description:
        'For browsers and phones, where an API key does not belong. It reads balance, transactions and notifications of this wallet, also as they happen. It ends with its life, with your key, and when the wallet is closed.',
      params: z.strictObject({ id: walletId }),
      querystring: noQuery,
      body,
      response: {
        201: tokenSchema,
        ...writeProblems('wallet.not_found', 'wallet.not_open'),
      },
    },
    handler: async (request, reply) => {
      const wallet = await findWallet(deps.database.db, request.params.id);
      if (wallet === null) throw new CodedError('wallet.not_found', 'Wallet not found.');
      if (wallet.status === 'closed')
        throw new CodedError('wallet.not_open', 'The wallet is closed.');
      const seconds = request.body.lifeSeconds ?? LIFE_SECONDS;
      const now = Math.floor(deps.clock().getTime() / 1_000);
      const expiresAt = new Date((now + seconds) * 1_000);
      const { keyId } = principalOf(request);
      const token = await app.callers.tokens.mint({ walletId: wallet.id, keyId, expiresAt });
      return reply.code(201).send({ token, walletId: wallet.id, expiresAt: toInstant(expiresAt) });
    },
  });
}
