import type { LightMyRequestResponse } from 'fastify';
import { applyDecision } from '../../activities/apply-decision.ts';
import { createApiKey } from '../../api/auth/api-keys.ts';
import { SCOPES } from '../../api/auth/scopes.ts';
import type { ResolveDepositOutput } from '../../workflows/contract.ts';
import { createTestDependencies } from './activities.ts';
import { PAYER } from './decisions.ts';
import { bearer, get, PEPPER, type ApiUnderTest } from './api-under-test.ts';

/** The answer to a decision that waits. */
export interface Proposed {
  readonly decisionId: string;
  readonly outcome: string;
  readonly state: string;
  readonly payloadSha256: string;
}

export const A_RETURN = { kind: 'return', payer: PAYER, reason: 'sent by mistake' };

/** People at the desk of a service, with their requests. */
export interface DecisionDesk {
  /** A key of this person with every scope. */
  keyOf(person: string): Promise<string>;
  send(
    method: 'POST' | 'PUT',
    url: string,
    payload: object,
    key: string,
    idempotencyKey?: string,
  ): Promise<LightMyRequestResponse>;
  /** Proposes what is answered 202. */
  propose(depositId: string, body: object, key: string): Promise<Proposed>;
  approve(
    proposed: Pick<Proposed, 'decisionId' | 'payloadSha256'>,
    key: string,
  ): Promise<LightMyRequestResponse>;
  /** Carries out a decision like the deposit's workflow, without the workflow. */
  apply(depositId: string, decisionId: string): Promise<ResolveDepositOutput>;
  decision(id: string, key: string): Promise<Record<string, unknown>>;
  /** Refused attempts on a decision or deposit, from the audit trail. */
  attemptsOn(id: string): Promise<readonly unknown[]>;
}

export function createDecisionDesk(service: ApiUnderTest): DecisionDesk {
  let requests = 0;
  const send: DecisionDesk['send'] = (method, url, payload, key, idempotencyKey) => {
    requests += 1;
    return service.app.inject({
      method,
      url,
      headers: { ...bearer(key), 'idempotency-key': idempotencyKey ?? `decisions-${requests}` },
      payload,
    });
  };
  return {
    send,
    keyOf: async (person) => {
      const made = await createApiKey(service.database.db, {
        name: `key of ${person}`,
        ownerKind: 'person',
        person,
        scopes: SCOPES,
        pepper: PEPPER,
        deployment: 'trial',
      });
      return made.key;
    },
    propose: async (depositId, body, key) => {
      const answer = await send('POST', `/v1/reviews/${depositId}/decisions`, body, key);
      if (answer.statusCode === 202) return answer.json<Proposed>();
      throw new Error(`The proposal was answered ${answer.statusCode}: ${answer.body}`);
    },
    approve: ({ decisionId, payloadSha256 }, key) =>
      send('POST', `/v1/decisions/${decisionId}/approve`, { payloadSha256 }, key),
    apply: (depositId, decisionId) =>
      applyDecision(createTestDependencies(service.database.db), { depositId, decisionId }),
    decision: async (id, key) => (await get(service, `/v1/decisions/${id}`, key)).json(),
    attemptsOn: async (id) => {
      const rows = await service.database.owner`
        select action, actor_person, after ->> 'code' as code from audit_events
         where subject_id = ${id} and action like '%_refused' order by id`;
      return [...rows];
    },
  };
}
