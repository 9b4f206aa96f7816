import { z } from 'zod';
import type { Answer } from '../app/answer-once.ts';
import {
  asksForPayer,
  type ProposedDecision,
  type RecordedDecision,
} from '../app/decide/propose.ts';
import { payloadSha256 } from '../db/queries/decisions.ts';

/** The saved body of an answer that stays open until a workflow has carried out the decision. */
export const recordedSchema = z.strictObject({ decisionId: z.string() });

/** The answer to a stored decision: open if one person is enough, else the proposal that a second person approves. */
export function recordedAnswer(recorded: RecordedDecision): Answer {
  return recorded.kind === 'proposed'
    ? { status: 202, body: proposalBody(recorded) }
    : { status: null, body: { decisionId: recorded.decisionId } };
}

/** A proposal as its author sees it: the hash identifies exactly what a second person approves. */
export function proposalBody({ payload, expiresAt }: ProposedDecision) {
  const isWhole = !asksForPayer(payload);
  return {
    decisionId: payload.decisionId,
    outcome: 'accepted',
    state: isWhole ? 'proposed' : 'needs_payer_details',
    payloadSha256: isWhole ? payloadSha256(payload) : null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
