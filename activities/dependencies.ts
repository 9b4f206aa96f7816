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

/** Keeps heads of the audit chain outside the database, so that a rewritten chain is detected. */
export interface AuditAnchor {
  /** The last seal; null while there is none. */
  readonly last: () => Promise<AuditSeal | null>;
  readonly append: (head: AuditSeal) => Promise<void>;
}

/** Everything that activities depend on. The worker's main makes it; tests make it with real servers. */
export interface ActivityDependencies {
  readonly database: Database;
  readonly clock: () => Date;
  /** @throws CodedError `account.not_found` if the account has no API. */
  readonly polledAccount: (accountKey: string) => Promise<PolledAccount>;
  /** Starts a deposit's workflow unless one is `running`; `ended` means that one completed under this id. */
  readonly startDeposit: (ref: DepositWorkflowRef) => Promise<'started' | 'running' | 'ended'>;
  /** Delivers a stored decision to its deposit's workflow, starting one if none is running. */
  readonly deliverDecision: (ref: DepositWorkflowRef, decisionId: string) => Promise<void>;
  /** Carries out an approved decision if its deposit has no review workflow. */
  readonly startDecision: (input: DecideInput) => Promise<void>;
  /** Wakes a waiting deposit; starts its workflow if none is running. */
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
