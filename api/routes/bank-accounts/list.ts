import { z } from 'zod';
import { listBankAccounts } from '../../../db/queries/bank-accounts.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { bankAccountSchema, toBankAccount } from '../../outputs/bank-account.ts';
import { named } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';

const accountsSchema = named(
  'BankAccounts',
  z.strictObject({ items: z.array(bankAccountSchema) }),
  { description: 'Every bank account, by key.', example: { items: [] } },
);

export function listBankAccountsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/bank-accounts',
    config: needs('account:read'),
    schema: {
      operationId: 'listBankAccounts',
      tags: ['bank-accounts'],
      summary: 'List the bank accounts, and which are read',
      querystring: noQuery,
      response: { 200: accountsSchema, ...readProblems() },
    },
    handler: async () => ({ items: (await listBankAccounts(deps.database.db)).map(toBankAccount) }),
  });
}
