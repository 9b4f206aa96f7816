import { z } from 'zod';
import { changeAccount } from '../../../app/account/write-account.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { bankAccountSchema } from '../../outputs/bank-account.ts';
import { someSettings, toSettings } from '../../schemas/account-settings.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { accountKey, noQuery } from '../../schemas/wire.ts';
import { accountAnswer, reason } from './reason.ts';

const body = named('BankAccountChange', someSettings.extend({ reason }), {
  description: 'The settings to change, and why; what is left out stays.',
  example: { reason: 'The bank moved.', apiUrl: 'https://gateway2.example/transactions' },
});

export function changeBankAccountRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/bank-accounts/:key/changes',
    config: needs('account:operate'),
    schema: {
      operationId: 'changeBankAccount',
      tags: ['bank-accounts'],
      summary: 'Change settings of a bank account',
      description:
        'Needs a person’s key. The next read uses them. Each start of a worker writes the account of the `BANK_` settings again.',
      headers: idempotencyHeaders,
      params: z.strictObject({ key: accountKey }),
      querystring: noQuery,
      body,
      response: {
        200: bankAccountSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'account.known',
          'account.not_found',
          'account.setting_refused',
        ),
      },
    },
    handler: async (request, reply) => {
      const given = await answerOnce(deps, request, async (tx) => {
        const asked = { name: request.params.key, settings: toSettings(request.body) };
        return accountAnswer(await changeAccount(tx, asked, deps.bankAddresses));
      });
      return sendAnswer(reply, given);
    },
  });
}
