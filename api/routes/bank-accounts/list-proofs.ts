import { z } from 'zod';
import { findBankAccount } from '../../../db/queries/bank-accounts.ts';
import { listDayProofs } from '../../../db/queries/day-proofs.ts';
import { withCandidates } from '../../../db/queries/doubts.ts';
import { CodedError } from '../../../domain/errors.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { dayProofSchema, toDayProof } from '../../outputs/day-proof.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { accountKey, pageQuery } from '../../schemas/wire.ts';

const page = namedPage('DayProofPage', dayProofSchema);

export function listDayProofsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/bank-accounts/:key/proofs',
    config: needs('status:read', { by: 'account', in: 'params', field: 'key' }),
    schema: {
      operationId: 'listDayProofs',
      tags: ['bank-accounts'],
      summary: 'List the daily comparisons of ledger and bank balance, newest first',
      params: z.strictObject({ key: accountKey }),
      querystring: pageQuery,
      response: { 200: page, ...readProblems('account.not_found') },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const { db } = deps.database;
      const account = await findBankAccount(db, request.params.key);
      if (account === null) throw new CodedError('account.not_found', 'Bank account not found.');
      const rows = await listDayProofs(db, {
        accountKey: account.key,
        beforeId: decodeNumber(cursor),
        limit: limit + 1,
      });
      return toPage(
        await withCandidates(db, rows),
        limit,
        (row) => toDayProof(row, account.currency),
        (row) => encodeNumber(row.id),
      );
    },
  });
}
