import { z } from 'zod';
import { findWallet } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { toWallet, walletSchema } from '../../outputs/wallet.ts';
import { readProblems } from '../../schemas/problem.ts';
import { noQuery, walletId } from '../../schemas/wire.ts';

export function getWalletRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/wallets/:id',
    config: needs('wallet:read', { by: 'wallet', in: 'params', field: 'id', tokens: true }),
    schema: {
      operationId: 'getWallet',
      tags: ['wallets'],
      summary: 'Read a wallet with its balance',
      params: z.strictObject({ id: walletId }),
      querystring: noQuery,
      response: { 200: walletSchema, ...readProblems('wallet.not_found') },
    },
    handler: async (request) => {
      const wallet = await findWallet(deps.database.db, request.params.id);
      if (wallet === null) throw new CodedError('wallet.not_found', 'Wallet not found.');
      return toWallet(wallet);
    },
  });
}
