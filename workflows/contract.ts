/**
 * The contract between the worker, the API and the command line: names, ids, messages and wire shapes. Only ids,
 * counts, codes and ISO instants cross Temporal: no money, no reference text, no names.
 */
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';

import type { DecisionOutcome } from '../domain/review/approval.ts';

/** A value that survives JSON unchanged; bigint, Date and Map do not, and using one is a compile error. */
export type Wire =
  string | number | boolean | null | readonly Wire[] | { readonly [key: string]: Wire };

/** `T` itself if it is safe to send, else `never`. */
export type WireSafe<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends
        | bigint
        | Date
        | symbol
        | ((...args: never[]) => unknown)
        | Map<unknown, unknown>
        | Set<unknown>
    ? never
    : T extends object
      ? { readonly [Key in keyof T]: WireSafe<T[Key]> }
      : never;

/** Workflows and short database activities share one queue, which eager dispatch needs. */
export const TASK_QUEUE = 'recon';
/** Reads of banks, which may hang. They have slots of their own, so no person's decision waits behind one. */
export const BANK_TASK_QUEUE = 'recon-bank';
/** Work on hundreds of rows: statement files, the backlog lane, what follows a run, the sweep. */
export const BATCH_TASK_QUEUE = 'recon-batch';

export const WORKFLOW = {
  reconcile: 'reconcile',
  decide: 'decide',
  deposit: 'deposit',
  importStatement: 'importStatement',
  drainGate: 'drainGate',
  claim: 'claim',
  sweep: 'sweep',
} as const;

export const SEARCH_ATTRIBUTES = {
  DepositState: 'Keyword',
  DepositId: 'Keyword',
  BankAccountKey: 'Keyword',
  ReviewReason: 'Keyword',
  ReviewDueAt: 'Datetime',
} as const;

export const SWEEP_SCHEDULE_ID = 'sweep';

/** The Schedule that reads one bank account. */
export function pollScheduleId(accountKey: string): string {
  return `poll/${accountKey}`;
}

/**
 * `deposit/<account key>/<transaction key>`, and `…/rN` for its N-th workflow round, from the second on. At most 200
 * ASCII characters, since account keys have ≤ 40 and transaction keys ≤ 120 (checked by the database).
 */
export function depositWorkflowId(
  accountKey: string,
  transactionKey: string,
  round: number,
): string {
  const base = `deposit/${accountKey}/${transactionKey}`;
  return round === 1 ? base : `${base}/r${round}`;
}

/** The start options that every start of a deposit's workflow shares. */
export function depositStart(ref: DepositWorkflowRef) {
  const { accountKey, depositId, transactionKey, round } = ref;
  return {
    workflowId: depositWorkflowId(accountKey, transactionKey, round),
    args: [{ depositId, accountKey }] as [DepositInput],
    staticSummary: `${accountKey} · ${transactionKey}`,
    typedSearchAttributes: searchAttributesOf({ accountKey, depositId }),
  };
}

/** What operators find a workflow by: its bank account, its deposit. */
export function searchAttributesOf(of: {
  readonly accountKey?: string;
  readonly depositId?: string;
}) {
  const named = [
    ['BankAccountKey', of.accountKey],
    ['DepositId', of.depositId],
  ] as const;
  return named.flatMap(([name, value]) =>
    value === undefined ? [] : [{ key: { name, type: 'KEYWORD' as const }, value }],
  );
}

/** The workflow that imports one statement file, named by its content. */
export function importWorkflowId(accountKey: string, fileSha256: string): string {
  return `statement/${accountKey}/${fileSha256.slice(0, 32)}`;
}

/** The workflow that carries out a decision if its deposit has no review workflow. */
export function decisionWorkflowId(decisionId: string): string {
  return `decision/${decisionId}`;
}

/** The workflow of a customer's claim to have paid, which waits for its deposit. */
export function claimWorkflowId(claimId: string): string {
  return `claim/${claimId}`;
}

/** The workflow that releases the deposits behind a gate; a scope is an account's key, or `*`. */
export function drainGateWorkflowId(scope: string): string {
  return `gate/${scope}`;
}

/** The id of a run's row, from the id of the first workflow run of its chain. */
export function runIdOf(firstExecutionRunId: string): string {
  return `run_${firstExecutionRunId.replaceAll('-', '')}`;
}

/** "Reconcile now" triggers the Schedule, so it never runs beside the Schedule's own ticks. */
export interface ReconcileInput {
  readonly accountKey: string;
}

/** Counts of a run; money is read from the run's row. */
export interface RunOutput {
  readonly runId: string;
  readonly linesSeen: number;
  readonly linesNew: number;
  readonly depositsNew: number;
  /** Deposits that had not left `captured` when the run stopped waiting. */
  readonly stillCaptured: number;
}

export interface DepositInput {
  readonly depositId: string;
  readonly accountKey: string;
}

/** The end of a deposit workflow, which waits for as long as its deposit is open. */
export interface DepositOutput {
  readonly outcome: 'credited' | 'returned' | 'dismissed' | 'settled_elsewhere';
}

/** The answer to the `getState` query. */
export interface DepositStateOutput {
  readonly state:
    'starting' | 'in_review' | 'credited' | 'returned' | 'dismissed' | 'settled_elsewhere';
  readonly reviewReason: string | null;
  readonly reviewDueAt: string | null;
  readonly bankEvents: number;
}

/** Update and signal carry a decision's id only; the decision's row is the authority. */
export interface ResolveDepositInput {
  readonly decisionId: string;
}

/**
 * The outcome of an attempt to carry out a decision. `unknown_decision` (this deposit has no such row) and
 * `not_approved` (it waits for a second person, or will never be approved) moved no money, and the decision may be
 * delivered again.
 */
export interface ResolveDepositOutput {
  readonly outcome: DecisionOutcome | 'already_settled' | 'not_approved' | 'unknown_decision';
  readonly refusal: string | null;
}

/** A decision that its own workflow carries out, since the deposit's workflow has ended. */
export interface DecideInput {
  readonly depositId: string;
  readonly decisionId: string;
  /** Operators find the workflow by it. */
  readonly accountKey?: string;
}

/** A webhook about this deposit's line arrived. */
export interface BankEventInput {
  readonly eventId: string;
}

/** Something outside changed that may let a waiting deposit continue: it reads its rows again, and they decide. */
export interface WakeInput {
  readonly reason: 'gate_opened' | 'late_owner' | 'cause_gone' | 'settled_elsewhere';
}

export interface ImportStatementInput {
  readonly accountKey: string;
  readonly fileId: string;
}

export interface ClaimInput {
  readonly claimId: string;
}

/** `gone`: the claim does not exist. */
export interface ClaimOutput {
  readonly state: 'open' | 'met' | 'expired' | 'withdrawn' | 'gone';
}

export interface DrainGateInput {
  readonly scope: string;
}

export interface DrainGateOutput {
  readonly credited: number;
  readonly woken: number;
}

export interface SweepInput {
  /** The sweep recovers deposits that were captured or dispatched longer ago than this. */
  readonly olderThanMs: number;
}

export interface SweepOutput {
  /** Names of steps that failed or did not begin in time; the next sweep tries them again. */
  readonly missed: readonly string[];
  readonly restarted: number;
  readonly settled: number;
  readonly published: number;
  /** Statement files whose import was started again. */
  readonly imported: number;
}

export const RESOLVE_DEPOSIT_UPDATE = 'resolveDeposit';
export const RESOLVE_SIGNAL = 'resolve';
export const BANK_EVENT_SIGNAL = 'bankEvent';
export const WAKE_SIGNAL = 'wake';
export const GET_STATE_QUERY = 'getState';
