import { z } from 'zod';
import { findWalletByCode } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { toWallet, walletSchema } from '../../outputs/wallet.ts';
import { readProblems } from '../../schemas/problem.ts';
import { customerCode } from '../../schemas/wire.ts';

export function findWalletRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/wallets',
    config: needs('wallet:read'),
    schema: {
      operationId: 'findWallet',
      tags: ['wallets'],
      summary: 'Find a wallet by its customer code',
      querystring: z.strictObject({ code: customerCode }),
      response: { 200: walletSchema, ...readProblems('wallet.not_found') },
    },
    handler: async (request) => {
      const wallet = await findWalletByCode(deps.database.db, request.query.code);
      if (wallet === null) throw new CodedError('wallet.not_found', 'No wallet has this code.');
      return toWallet(wallet);
    },
  });
}
