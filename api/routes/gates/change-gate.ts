import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listGates, setGate } from '../../../db/queries/gates.ts';
import { findBankAccount } from '../../../db/queries/bank-accounts.ts';
import { CodedError } from '../../../domain/errors.ts';
import { principalOf, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, type GivenAnswer } from '../../idempotency.ts';
import { gateSchema, gateScope, toGate, toScope } from '../../outputs/gate.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { noQuery, plainText } from '../../schemas/wire.ts';

const body = named(
  'GateChange',
  z.strictObject({
    reason: plainText(1_000).meta({
      description: 'Why (kept permanently in the audit trail).',
    }),
  }),
  {
    description: 'Why you close or open a gate.',
    example: { reason: 'The bank announced that it will replay yesterday’s webhooks.' },
  },
);

/** What the two operations on a gate have in common. */
export const gateChangeSchema = {
  tags: ['gates'],
  headers: idempotencyHeaders,
  params: z.strictObject({ scope: gateScope }),
  querystring: noQuery,
  body,
  response: {
    200: gateSchema,
    ...writeProblems(
      'request.idempotency_key_missing',
      'request.key_reused',
      'account.not_found',
      'gate.not_closed',
    ),
  },
};

interface GateChangeRequest extends FastifyRequest {
  readonly params: { readonly scope: string };
  readonly body: z.infer<typeof body>;
}

/** @throws CodedError `account.not_found`, `gate.not_closed` */
export function changeGate(
  deps: ApiDeps,
  request: GateChangeRequest,
  state: 'open' | 'closed',
): Promise<GivenAnswer> {
  const scope = toScope(request.params.scope);
  return answerOnce(deps, request, async (tx) => {
    if (request.params.scope !== 'all' && (await findBankAccount(tx, scope)) === null)
      throw new CodedError('account.not_found', 'Bank account not found.');
    await setGate(tx, {
      scope,
      state,
      cause: 'operator',
      reason: request.body.reason,
      changedBy: principalOf(request).keyId,
    });
    const gate = (await listGates(tx)).find((found) => found.scope === scope);
    if (gate === undefined)
      throw new CodedError('gate.not_closed', 'This gate has never been closed.');
    return { status: 200, body: toGate(gate) };
  });
}
