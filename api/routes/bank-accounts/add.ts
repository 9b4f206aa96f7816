import { addAccount } from '../../../app/account/write-account.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { bankAccountSchema, toBankAccount } from '../../outputs/bank-account.ts';
import { newSettings, toSettings } from '../../schemas/account-settings.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { accountKey, noQuery } from '../../schemas/wire.ts';
import { reason } from './reason.ts';

const body = named('NewBankAccount', newSettings.extend({ key: accountKey, reason }), {
  description: 'A bank account to be reconciled; with a feed it is read.',
  example: {
    key: 'absa-main',
    reason: 'We opened an account at Absa.',
    bankName: 'Absa',
    feed: 'json',
    apiUrl: 'https://gateway.example/transactions',
    bankAccountId: 'ACC-2',
    apiKeyEnv: 'BANK_ABSA_API_KEY',
  },
});

export function addBankAccountRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/bank-accounts',
    config: needs('account:operate'),
    schema: {
      operationId: 'addBankAccount',
      tags: ['bank-accounts'],
      summary: 'Add a bank account',
      description:
        'Needs a person’s key. Secrets stay in the environment: set the variables that you name for worker and API. A running worker reads the account within a minute.',
      headers: idempotencyHeaders,
      querystring: noQuery,
      body,
      response: {
        201: bankAccountSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'account.known',
          'account.name_taken',
          'account.setting_refused',
        ),
      },
    },
    handler: async (request, reply) => {
      const { bankName, currency, key, timeZone } = request.body;
      const given = await answerOnce(deps, request, async (tx) => {
        const settings = { ...toSettings(request.body), bankName, currency, timeZone };
        const added = await addAccount(tx, { key, settings }, deps.bankAddresses);
        return { status: 201, body: toBankAccount(added) };
      });
      return sendAnswer(reply, given);
    },
  });
}
