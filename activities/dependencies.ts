import type { Feed } from '../bank/feeds/feed.ts';
import type { Database } from '../db/client.ts';
import type { AuditSeal } from '../db/queries/audit-seals.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import type { ForgottenFile } from '../db/queries/statement-files.ts';
import type { AgingPolicy } from '../domain/review/aging.ts';
import type { DecideInput, WakeInput } from '../workflows/contract.ts';

/** A bank account with its API, as the poller needs it. */
export interface PolledAccount {
  readonly accountKey: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly feed: Feed;
}

/** Where heads of the audit chain are written down outside the database, so that a rewritten chain is found out. */
export interface AuditAnchor {
  /** The last one; null while there is none. */
  readonly last: () => Promise<AuditSeal | null>;
  readonly append: (head: AuditSeal) => Promise<void>;
}

/** Everything that activities reach for. The worker's main makes it; tests make it with real servers. */
export interface ActivityDependencies {
  readonly database: Database;
  readonly clock: () => Date;
  /** @throws CodedError `account.not_found` when the account has no API. */
  readonly polledAccount: (accountKey: string) => Promise<PolledAccount>;
  /** Starts a deposit's workflow unless one is `running`; `ended` is one that completed under this id. */
  readonly startDeposit: (ref: DepositWorkflowRef) => Promise<'started' | 'running' | 'ended'>;
  /** Hands a stored decision to its deposit's workflow, starting one if none is running. */
  readonly deliverDecision: (ref: DepositWorkflowRef, decisionId: string) => Promise<void>;
  /** Has an approved decision carried out whose deposit has no review workflow. */
  readonly startDecision: (input: DecideInput) => Promise<void>;
  /** Has a waiting deposit look again; starts its workflow if none is running. */
  readonly wakeDeposit: (ref: DepositWorkflowRef, input: WakeInput) => Promise<void>;
  /** Imports a stored statement file, unless its import is running. */
  readonly startImport: (file: ForgottenFile) => Promise<void>;
  readonly auditAnchor: AuditAnchor | null;
  readonly settings: {
    readonly bulkAbove: number;
    readonly overlapDays: number;
    readonly aging: AgingPolicy;
    readonly reviewFinal: 'suspense' | 'propose_return';
    /** A credit of more than this needs two people; minor units. */
    readonly fourEyesAboveMinor: bigint;
  };
}
