import { z } from 'zod';
import { refreshAlerts } from '../../../db/queries/alerts/alerts.ts';
import { readSnapshot } from '../../../db/read-snapshot.ts';
import { isBehindGate } from '../../../db/queries/gates.ts';
import { readStatus } from '../../../db/queries/status.ts';
import { LINE_CASE_KINDS } from '../../../db/schema/gates.ts';
import { verdictOf } from '../../../domain/words/alert-words.ts';
import { adviceFor } from '../../../domain/words/review-advice.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { alertSchema, toAlert } from '../../outputs/alert.ts';
import { dayProofSchema, toDayProof } from '../../outputs/day-proof.ts';
import { depositState } from '../../outputs/deposit.ts';
import { GATE_EXAMPLE, gateSchema, toGate } from '../../outputs/gate.ts';
import { evidenceWait } from '../../outputs/held-row.ts';
import { reviewReason } from '../../outputs/review.ts';
import { RUN_EXAMPLE, runSchema, toRun } from '../../outputs/run.ts';
import { BALANCE_EXAMPLE, balanceSchema, toBalance } from '../../outputs/wallet.ts';
import { readProblems } from '../../schemas/problem.ts';
import { named } from '../../schemas/named.ts';
import {
  accountKey,
  day,
  depositId,
  instant,
  money,
  noQuery,
  toInstant,
  toMoney,
} from '../../schemas/wire.ts';

const count = z.int().min(0);

const statusSchema = named(
  'Status',
  z.strictObject({
    verdict: z.enum(['ok', 'warning', 'critical']).meta({
      description: 'The gravest of the alerts that stand.',
    }),
    alerts: z.array(alertSchema).meta({ description: 'What stands, oldest first.' }),
    wallets: z.strictObject({ count, balance: balanceSchema }),
    deposits: z.array(z.strictObject({ state: depositState, count, amount: money })),
    lastRuns: z.array(runSchema),
    reviews: z
      .array(
        z.strictObject({
          reason: reviewReason,
          sentence: z.string(),
          count,
          escalated: count,
          amount: money,
        }),
      )
      .meta({ description: 'Open reviews by reason, most frequent first.' }),
    oldestOpenReview: z.strictObject({ depositId, openedAt: instant, dueAt: instant }).nullable(),
    bankAccounts: z.array(
      z.strictObject({
        account: accountKey,
        ledgerBalance: money.meta({ description: 'What the bank should hold, by the ledger.' }),
        suspense: money.meta({ description: 'The part of it that belongs to no wallet yet.' }),
        lastProof: z
          .enum(['ok', 'failed', 'absent'])
          .nullable()
          .meta({ description: 'The proof of the last imported statement; null without one.' }),
        lastContinuity: z
          .enum(['first', 'follows', 'gap', 'overlap', 'repeat', 'unknown'])
          .nullable()
          .meta({ description: 'How that statement continues the previous one.' }),
        gate: z
          .enum(['open', 'closed'])
          .meta({ description: 'Also `closed` while the gate of all accounts is.' }),
        dayProof: dayProofSchema
          .nullable()
          .meta({ description: 'The last comparison of ledger and bank; null without one.' }),
      }),
    ),
    pausedAccounts: z
      .array(z.strictObject({ account: accountKey, since: instant, reason: z.string() }))
      .meta({ description: 'Bank accounts that a person stopped reading.' }),
    closedGates: z.array(gateSchema),
    openCases: z
      .array(z.strictObject({ kind: z.enum(LINE_CASE_KINDS), count }))
      .meta({ description: 'Open cases of lines that the bank changed, and of unreadable rows.' }),
    evidenceWaits: z
      .array(z.strictObject({ waitsFor: evidenceWait, count, oldestDay: day }))
      .meta({ description: 'Rows that may be known lines (`GET /v1/held-rows`).' }),
    heldDebits: z
      .array(z.strictObject({ account: accountKey, count, oldestDay: day }))
      .meta({ description: 'Debits that take nothing back, since they may be another line.' }),
    unknownFields: z
      .array(z.strictObject({ account: accountKey, field: z.string(), since: instant }))
      .meta({ description: 'Fields of the bank that Purser does not read, oldest first.' }),
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
      description: 'Statement files that wait for release.',
    }),
  }),
  {
    description: 'Totals of the whole service.',
    example: {
      verdict: 'ok',
      alerts: [],
      wallets: { count: 1, balance: BALANCE_EXAMPLE },
      deposits: [{ state: 'credited', count: 1, amount: { minor: '27500', currency: 'ZAR' } }],
      lastRuns: [RUN_EXAMPLE],
      reviews: [
        {
          reason: 'unknown_code',
          sentence: 'The reference names a customer code that no wallet has.',
          count: 1,
          escalated: 0,
          amount: { minor: '9900', currency: 'ZAR' },
        },
      ],
      oldestOpenReview: {
        depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
        openedAt: '2026-11-20T08:15:02.000Z',
        dueAt: '2026-11-24T15:00:00.000Z',
      },
      bankAccounts: [
        {
          account: 'fnb-main',
          ledgerBalance: { minor: '1250000', currency: 'ZAR' },
          suspense: { minor: '9900', currency: 'ZAR' },
          lastProof: 'ok',
          lastContinuity: 'follows',
          gate: 'closed',
          dayProof: null,
        },
      ],
      pausedAccounts: [],
      closedGates: [GATE_EXAMPLE],
      openCases: [{ kind: 'line_vanished', count: 1 }],
      evidenceWaits: [{ waitsFor: 'next_read', count: 1, oldestDay: '2026-11-20' }],
      heldDebits: [],
      unknownFields: [
        { account: 'fnb-main', field: 'category', since: '2026-11-20T08:15:01.000Z' },
      ],
      openProposals: [{ state: 'proposed', count: 1, oldestAt: '2026-11-20T10:31:00.000Z' }],
      heldStatementFiles: 0,
    },
  },
);

export function getStatusRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/status',
    config: needs('status:read'),
    schema: {
      operationId: 'getStatus',
      tags: ['service'],
      summary: 'Read totals of wallets, deposits, runs, reviews and bank accounts',
      querystring: noQuery,
      response: { 200: statusSchema, ...readProblems() },
    },
    handler: () => answerStatus(deps),
  });
}

async function answerStatus(deps: ApiDeps): Promise<z.infer<typeof statusSchema>> {
  await refreshAlerts(deps.database.db);
  const { alerts, wallets, reviewsByReason, oldestOpenReview, ...status } = await readSnapshot(
    deps.database.db,
    readStatus,
  );
  const proofs = new Map(status.proofs.map((last) => [last.accountKey, last]));
  const dayProofs = new Map(
    status.dayProofs.map((proof) => [proof.bankAccountKey, toDayProof(proof, proof.currency)]),
  );
  return {
    verdict: verdictOf(alerts.map(({ kind }) => kind)),
    alerts: alerts.map(toAlert),
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
    pausedAccounts: status.pausedAccounts.map(({ accountKey: account, because, pausedAt }) => ({
      account,
      since: toInstant(pausedAt),
      reason: because,
    })),
    closedGates: status.closedGates.map(toGate),
    openCases: [...status.openCases],
    evidenceWaits: [...status.evidenceWaits],
    heldDebits: status.heldDebits.map(({ accountKey: account, ...held }) => ({ account, ...held })),
    unknownFields: status.unknownFields.map((each) => ({
      account: each.accountKey,
      field: each.name,
      since: toInstant(each.firstSeenAt),
    })),
    openProposals: status.openProposals.map(({ state, count: waiting, oldestAt }) => ({
      state,
      count: waiting,
      oldestAt: toInstant(oldestAt),
    })),
    heldStatementFiles: status.heldStatementFiles,
  };
}
