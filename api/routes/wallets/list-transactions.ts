import { z } from 'zod';
import { findWallet, listWalletTransactions } from '../../../db/queries/wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { toTransaction, transactionSchema } from '../../outputs/wallet.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { pageQuery, walletId } from '../../schemas/wire.ts';

const page = namedPage('WalletTransactionPage', transactionSchema);

export function listWalletTransactionsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/wallets/:id/transactions',
    config: needs('wallet:read', { by: 'wallet', in: 'params', field: 'id', tokens: true }),
    schema: {
      operationId: 'listWalletTransactions',
      tags: ['wallets'],
      summary: 'List the transactions of a wallet, newest first',
      params: z.strictObject({ id: walletId }),
      querystring: pageQuery,
      response: { 200: page, ...readProblems('wallet.not_found') },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const { db } = deps.database;
      const beforeSeq = decodeNumber(cursor);
      const wallet = await findWallet(db, request.params.id);
      if (wallet === null) throw new CodedError('wallet.not_found', 'Wallet not found.');
      const rows = await listWalletTransactions(db, {
        walletId: wallet.id,
        beforeSeq,
        limit: limit + 1,
      });
      return toPage(rows, limit, toTransaction, (row) => encodeNumber(row.seq ?? 0n));
    },
  });
}
