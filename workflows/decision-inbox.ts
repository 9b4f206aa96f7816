import { condition } from '@temporalio/workflow';
import type { DepositOutput, DepositStateOutput, ResolveDepositOutput } from './contract.ts';

/** Takes the decisions for one deposit, tries them one at a time, and keeps their answers. */
export interface DecisionInbox {
  /** Delivers a decision's id; a repeated id counts once, unless the first came before the approval. */
  hand(decisionId: string): void;
  hasUntried(): boolean;
  /** Takes the next untried decision, if any. */
  next(): string | undefined;
  /** Records the outcome of an attempt. */
  record(decisionId: string, output: ResolveDepositOutput): void;
  /** Waits for the answer to a decision. */
  answer(decisionId: string): Promise<ResolveDepositOutput>;
  openReview(review: { readonly reason: string; readonly dueAt: string }): void;
  noteBankEvent(): void;
  /** Something outside changed: the deposit reads its rows again at its next step. */
  wake(): void;
  isWoken(): boolean;
  /** Takes the wake-up, so that a later one counts separately. */
  takeWake(): void;
  close(outcome: DepositOutput['outcome']): void;
  state(): DepositStateOutput;
}

/** An id that was delivered before its row was approved may come again. */
function isFinal({ outcome }: ResolveDepositOutput): boolean {
  return outcome !== 'not_approved' && outcome !== 'unknown_decision';
}

/** State of one workflow run; it ends with the run, since the rows are the record. */
export function createDecisionInbox(bankEventsBefore: number): DecisionInbox {
  const untried: string[] = [];
  const answers = new Map<string, ResolveDepositOutput>();
  let inHand: string | null = null;
  let bankEvents = bankEventsBefore;
  let woken = false;
  let review: { readonly reason: string; readonly dueAt: string } | null = null;
  let closedWith: DepositOutput['outcome'] | null = null;
  return {
    hand: (decisionId) => {
      if (untried.includes(decisionId) || inHand === decisionId) return;
      const answer = answers.get(decisionId);
      if (answer !== undefined && isFinal(answer)) return;
      answers.delete(decisionId);
      untried.push(decisionId);
    },
    hasUntried: () => untried.length > 0,
    next: () => {
      const decisionId = untried.shift();
      inHand = decisionId ?? null;
      return decisionId;
    },
    record: (decisionId, output) => {
      inHand = null;
      answers.set(decisionId, output);
    },
    answer: async (decisionId) => {
      await condition(() => answers.has(decisionId) || closedWith !== null);
      return answers.get(decisionId) ?? { outcome: 'already_settled', refusal: closedWith };
    },
    openReview: (opened) => {
      review = opened;
    },
    noteBankEvent: () => {
      bankEvents += 1;
    },
    wake: () => {
      woken = true;
    },
    isWoken: () => woken,
    takeWake: () => {
      woken = false;
    },
    close: (outcome) => {
      closedWith = outcome;
    },
    state: () => ({
      state: closedWith ?? (review === null ? 'starting' : 'in_review'),
      reviewReason: review?.reason ?? null,
      reviewDueAt: review?.dueAt ?? null,
      bankEvents,
    }),
  };
}
