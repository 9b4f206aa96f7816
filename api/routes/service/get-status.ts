import { z } from 'zod';
import { isBehindGate } from '../../../db/queries/gates.ts';
import { readStatus } from '../../../db/queries/status.ts';
import { LINE_CASE_KINDS } from '../../../db/schema/gates.ts';
import { adviceFor, REVIEW_REASONS } from '../../../domain/review/review-reasons.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { dayProofSchema, toDayProof } from '../../outputs/day-proof.ts';
import { depositState } from '../../outputs/deposit.ts';
import { gateSchema, toGate } from '../../outputs/gate.ts';
import { runSchema, toRun } from '../../outputs/run.ts';
import { balanceSchema, toBalance } from '../../outputs/wallet.ts';
import { readProblems } from '../../schemas/problem.ts';
import {
  accountKey,
  depositId,
  instant,
  money,
  noQuery,
  toInstant,
  toMoney,
} from '../../schemas/wire.ts';

const count = z.int().min(0);

const statusSchema = z.strictObject({
  wallets: z.strictObject({ count, balance: balanceSchema }),
  deposits: z.array(z.strictObject({ state: depositState, count, amount: money })),
  lastRuns: z.array(runSchema),
  reviews: z
    .array(
      z.strictObject({
        reason: z.enum(REVIEW_REASONS),
        sentence: z.string(),
        count,
        escalated: count,
        amount: money,
      }),
    )
    .meta({ description: 'Open reviews by reason, the most frequent first.' }),
  oldestOpenReview: z.strictObject({ depositId, openedAt: instant, dueAt: instant }).nullable(),
  bankAccounts: z.array(
    z.strictObject({
      account: accountKey,
      ledgerBalance: money.meta({ description: 'What the bank should hold, by our ledger.' }),
      suspense: money.meta({ description: 'Of it, what is nobody’s yet.' }),
      lastProof: z
        .enum(['ok', 'failed', 'absent'])
        .nullable()
        .meta({ description: 'What the last imported statement proved; null without one.' }),
      lastContinuity: z
        .enum(['first', 'follows', 'gap', 'overlap', 'repeat', 'unknown'])
        .nullable()
        .meta({ description: 'How that statement continues the one before it.' }),
      gate: z
        .enum(['open', 'closed'])
        .meta({ description: 'Closed as well where the gate of all accounts is.' }),
      dayProof: dayProofSchema
        .nullable()
        .meta({ description: 'The last look at ledger and bank; null without one.' }),
    }),
  ),
  closedGates: z.array(gateSchema),
  openCases: z
    .array(z.strictObject({ kind: z.enum(LINE_CASE_KINDS), count }))
    .meta({ description: 'Lines that the bank changed, until a person has looked at them.' }),
  openProposals: z
    .array(
      z.strictObject({
        state: z.enum(['needs_payer_details', 'proposed']),
        count,
        oldestAt: instant,
      }),
    )
    .meta({ description: 'Decisions that wait for bank details or for a second person.' }),
  heldStatementFiles: count.meta({
    description: 'Statement files that wait for a person to release them.',
  }),
});

export function getStatusRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/status',
    config: needs('status:read'),
    schema: {
      tags: ['service'],
      summary: 'Wallets, deposits, runs, reviews and bank accounts at a glance',
      querystring: noQuery,
      response: { 200: statusSchema, ...readProblems() },
    },
    handler: () => answerStatus(deps),
  });
}

async function answerStatus(deps: ApiDeps): Promise<z.infer<typeof statusSchema>> {
  const { wallets, reviewsByReason, oldestOpenReview, ...status } =
    await deps.database.db.transaction(readStatus, {
      isolationLevel: 'repeatable read',
      accessMode: 'read only',
    });
  const proofs = new Map(status.proofs.map((last) => [last.accountKey, last]));
  const dayProofs = new Map(
    status.dayProofs.map(({ look, currency }) => [look.bankAccountKey, toDayProof(look, currency)]),
  );
  return {
    wallets: {
      count: wallets.count,
      balance: toBalance(wallets),
    },
    deposits: status.deposits.map((total) => ({
      state: total.state,
      count: total.count,
      amount: toMoney(total.amountMinor, total.currency),
    })),
    lastRuns: status.lastRuns.map(toRun),
    reviews: reviewsByReason.map((total) => ({
      reason: total.reason,
      sentence: adviceFor(total.reason).sentence,
      count: total.count,
      escalated: total.escalated,
      amount: toMoney(total.amountMinor, total.currency),
    })),
    oldestOpenReview:
      oldestOpenReview === null
        ? null
        : {
            depositId: oldestOpenReview.depositId,
            openedAt: toInstant(oldestOpenReview.openedAt),
            dueAt: toInstant(oldestOpenReview.dueAt),
          },
    bankAccounts: status.accounts.map((account) => ({
      account: account.accountKey,
      ledgerBalance: toMoney(account.bankMinor, account.currency),
      suspense: toMoney(account.suspenseMinor, account.currency),
      lastProof: proofs.get(account.accountKey)?.proof ?? null,
      lastContinuity: proofs.get(account.accountKey)?.continuity ?? null,
      gate: isBehindGate(status.closedGates, account.accountKey) ? 'closed' : 'open',
      dayProof: dayProofs.get(account.accountKey) ?? null,
    })),
    closedGates: status.closedGates.map(toGate),
    openCases: [...status.openCases],
    openProposals: status.openProposals.map(({ state, count: waiting, oldestAt }) => ({
      state,
      count: waiting,
      oldestAt: toInstant(oldestAt),
    })),
    heldStatementFiles: status.heldStatementFiles,
  };
}
