import { z } from 'zod';
import { isReached } from '../../../db/queries/reach.ts';
import { findWalletByCode } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { reachOf } from '../../auth/bounds.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { toWallet, walletSchema } from '../../outputs/wallet.ts';
import { readProblems } from '../../schemas/problem.ts';
import { customerCode } from '../../schemas/wire.ts';

export function findWalletRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/wallets',
    config: needs('wallet:read', { by: 'filter' }),
    schema: {
      operationId: 'findWallet',
      tags: ['wallets'],
      summary: 'Find a wallet by its customer code',
      querystring: z.strictObject({ code: customerCode }),
      response: { 200: walletSchema, ...readProblems('wallet.not_found') },
    },
    handler: async (request) => {
      const { db } = deps.database;
      const wallet = await findWalletByCode(db, request.query.code);
      const reach = reachOf(request);
      const isReachable =
        wallet !== null &&
        (reach === null || (await isReached(db, reach, { kind: 'wallet', id: wallet.id })));
      if (!isReachable) throw new CodedError('wallet.not_found', 'No wallet has this code.');
      return toWallet(wallet);
    },
  });
}
