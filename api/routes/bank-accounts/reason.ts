import { z } from 'zod';
import type { BankAccount } from '../../../db/queries/bank-accounts.ts';
import type { Answer } from '../../../app/answer-once.ts';
import { idempotencyHeaders } from '../../idempotency.ts';
import { bankAccountSchema, toBankAccount } from '../../outputs/bank-account.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { accountKey, noQuery, plainText } from '../../schemas/wire.ts';

/** Why a bank account is changed. */
export const reason = plainText(1_000).meta({
  description: 'Why (kept permanently in the audit trail).',
});

/** What pausing and resuming a bank account have in common. */
export const stateChangeSchema = {
  tags: ['bank-accounts'],
  headers: idempotencyHeaders,
  params: z.strictObject({ key: accountKey }),
  querystring: noQuery,
  body: named('BankAccountReason', z.strictObject({ reason }), {
    description: 'Why you pause or resume the reading of a bank account.',
    example: { reason: 'The bank moves its gateway tonight.' },
  }),
  response: {
    200: bankAccountSchema,
    ...writeProblems('request.idempotency_key_missing', 'request.key_reused', 'account.not_found'),
  },
};

/** The answer that shows the account as it is now. */
export function accountAnswer(account: BankAccount): Answer {
  return { status: 200, body: toBankAccount(account) };
}
