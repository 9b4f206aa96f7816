import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import type { Database, Transaction } from '../../db/client.ts';
import { SCOPES, type Scope } from '../../api/auth/scopes.ts';
import { newId } from '../../db/new-id.ts';
import { actAs } from '../../db/queries/audit.ts';
import {
  insertDecision,
  listAllocations,
  lockDecision,
  markApproved,
  payloadOf,
  payloadSha256,
} from '../../db/queries/decisions.ts';
import { apiKeys } from '../../db/schema/api-keys.ts';
import { lockDeposits } from '../../db/queries/settlement.ts';
import {
  needsApproval,
  type Allocation,
  type DecisionKind,
  type DecisionPayload,
  type PayerDetails,
} from '../../domain/review/approval.ts';
import type { LocalDate } from '../../domain/local-date.ts';

export const PAYER: PayerDetails = {
  name: 'Test Payer',
  bank: 'Test Bank',
  branch: '250655',
  account: '00062001234567',
};
const POLICY = { fourEyesAboveMinor: 500_000n };

/** The decision that a test wants. Returns get bank details unless `payer` is null. */
export interface WantedDecision {
  readonly depositId: string;
  readonly kind: DecisionKind;
  /** The whole deposit to this wallet. */
  readonly walletId?: string;
  readonly split?: readonly Allocation[];
  readonly payer?: PayerDetails | null;
  readonly keepUntil?: LocalDate;
  /** Of a pairing. */
  readonly lineId?: bigint;
  /** False leaves a proposal that needs a second person unapproved. */
  readonly approved?: boolean;
  /** The key that proposes; default: the key of a new person. */
  readonly proposedBy?: string;
  readonly expiresAt?: Date;
}

/** A key without a secret and with every scope unless some are named, of a new person unless one is named. */
export async function aPersonsKey(
  owner: postgres.Sql,
  person?: string,
  scopes: readonly Scope[] = SCOPES,
): Promise<string> {
  const keyId = newId('apiKey');
  await owner`
    insert into api_keys (id, secret_hash, name, owner_kind, person, caller, scopes)
    values (${keyId}, 'x', 'test key', 'person', ${person ?? keyId}, ${person ?? keyId}, ${[...scopes]})`;
  return keyId;
}

/** A key of a service, without a secret. */
export async function aServicesKey(owner: postgres.Sql): Promise<string> {
  const keyId = newId('apiKey');
  await owner`
    insert into api_keys (id, secret_hash, name, owner_kind, caller, scopes)
    values (${keyId}, 'x', 'robot', 'service', 'robot', '{deposit:read}')`;
  return keyId;
}

/** Makes the transaction the one of this key's person, as the API does for each request. */
export async function actAsKey(tx: Transaction, keyId: string): Promise<void> {
  const [key] = await tx
    .select({ person: apiKeys.person })
    .from(apiKeys)
    .where(eq(apiKeys.id, keyId));
  await actAs(tx, { kind: 'person', keyId, person: key?.person ?? null }, null);
}

/** A decision as the API writes it, approved by a second person if required; answers its id. */
export async function aDecision(owner: postgres.Sql, wanted: WantedDecision): Promise<string> {
  const db = drizzle(owner);
  const proposedBy = wanted.proposedBy ?? (await aPersonsKey(owner));
  const payload = await db.transaction(async (tx) => {
    await actAsKey(tx, proposedBy);
    return propose(tx, wanted, proposedBy);
  });
  const { decisionId } = payload;
  if (needsApproval(payload, POLICY) && wanted.approved !== false) await approve(owner, decisionId);
  return decisionId;
}

/** Approves a proposal as a second person, with a new key unless one is given. */
export async function approve(
  owner: postgres.Sql,
  decisionId: string,
  keyId?: string,
): Promise<void> {
  const by = keyId ?? (await aPersonsKey(owner));
  const db: Database = drizzle(owner);
  await db.transaction(async (tx) => {
    await actAsKey(tx, by);
    const decision = await lockDecision(tx, decisionId);
    if (decision === null) throw new Error('Decision not found.');
    const sha256 = payloadSha256(payloadOf(decision, await listAllocations(tx, decisionId)));
    if (!(await markApproved(tx, { decisionId, by, sha256 })))
      throw new Error('The decision is not open.');
  });
}

async function propose(
  tx: Transaction,
  wanted: WantedDecision,
  proposedBy: string,
): Promise<DecisionPayload> {
  const { depositId, kind, split, walletId } = wanted;
  const [deposit] = await lockDeposits(tx, [depositId]);
  if (deposit === undefined) throw new Error('Deposit not found.');
  const { amountMinor, currency } = deposit;
  const payload: DecisionPayload = {
    decisionId: newId('decision'),
    depositId,
    kind,
    amountMinor,
    currency,
    keepUntil: wanted.keepUntil ?? null,
    lineId: wanted.lineId ?? null,
    payer: kind === 'return' ? (wanted.payer === undefined ? PAYER : wanted.payer) : null,
    reason: 'the payer called',
    allocations: split ?? (walletId === undefined ? [] : [{ walletId, amountMinor }]),
  };
  const isShared = needsApproval(payload, POLICY);
  const expiresAt = wanted.expiresAt ?? new Date('2099-01-01T00:00:00Z');
  await insertDecision(tx, payload, {
    proposedBy,
    needsApproval: isShared,
    expiresAt: isShared && (kind !== 'return' || payload.payer !== null) ? expiresAt : null,
  });
  return payload;
}
