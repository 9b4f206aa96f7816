import { z } from 'zod';
import { findBankAccount } from '../../db/queries/bank-accounts.ts';
import { listDayProofs } from '../../db/queries/day-proofs.ts';
import { CodedError } from '../../domain/errors.ts';
import { decodeNumber, encodeNumber, toPage } from '../cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../deps.ts';
import { readProblems } from '../route-problems.ts';
import { accountKey, day, instant, money, pageOf, pageQuery, toInstant, toMoney } from '../wire.ts';

const proofSchema = z.strictObject({
  day: day.meta({ description: 'At whose end the bank states its balance.' }),
  source: z.enum(['statement', 'api']),
  bank: money,
  ledger: money,
  difference: money.meta({ description: 'Ledger less bank; anything but 0 needs a person.' }),
  suspense: money.meta({
    description: 'What is nobody’s yet, by the ledger, at the time of the look.',
  }),
  open: z.strictObject({
    count: z.int().min(0),
    amount: money.meta({ description: 'Of the deposits that are open; the same as suspense.' }),
  }),
  takenAt: instant,
});

export function listDayProofsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/bank-accounts/:key/proofs',
    config: needs('status:read'),
    schema: {
      tags: ['status'],
      summary: 'Ledger and bank held against each other, newest first',
      params: z.strictObject({ key: accountKey }),
      querystring: pageQuery,
      response: { 200: pageOf(proofSchema), ...readProblems('account.not_found') },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const { db } = deps.database;
      const account = await findBankAccount(db, request.params.key);
      if (account === null)
        throw new CodedError('account.not_found', 'There is no such bank account.');
      const rows = await listDayProofs(db, {
        accountKey: account.key,
        beforeId: decodeNumber(cursor),
        limit: limit + 1,
      });
      const rand = (minor: bigint) => toMoney(minor, account.currency);
      return toPage(
        rows,
        limit,
        (row) => ({
          day: row.day,
          source: row.source,
          bank: rand(row.bankMinor),
          ledger: rand(row.ledgerMinor),
          difference: rand(row.differenceMinor),
          suspense: rand(row.suspenseMinor),
          open: { count: row.openCount, amount: rand(row.openMinor) },
          takenAt: toInstant(row.takenAt),
        }),
        (row) => encodeNumber(row.id),
      );
    },
  });
}
