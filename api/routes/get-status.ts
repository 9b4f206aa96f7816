import { z } from 'zod';
import { listLastRuns } from '../../db/queries/runs-read.ts';
import {
  findOldestOpenReview,
  sumAccountBalances,
  sumDepositsByState,
  sumWallets,
} from '../../db/queries/status.ts';
import { ZAR } from '../../domain/money.ts';
import { needs, type ApiApp, type ApiDeps } from '../deps.ts';
import { depositState } from '../outputs/deposit.ts';
import { runSchema, toRun } from '../outputs/run.ts';
import { balanceSchema } from '../outputs/wallet.ts';
import { readProblems } from '../route-problems.ts';
import { accountKey, depositId, instant, money, noQuery, toInstant, toMoney } from '../wire.ts';

const count = z.int().min(0);

const statusSchema = z.strictObject({
  wallets: z.strictObject({ count, balance: balanceSchema }),
  deposits: z.array(z.strictObject({ state: depositState, count, amount: money })),
  lastRuns: z.array(runSchema),
  oldestOpenReview: z.strictObject({ depositId, openedAt: instant, dueAt: instant }).nullable(),
  bankAccounts: z.array(
    z.strictObject({
      account: accountKey,
      ledgerBalance: money.meta({ description: 'What the bank should hold, by our ledger.' }),
      suspense: money.meta({ description: 'Of it, what is nobody’s yet.' }),
    }),
  ),
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
    handler: () => readStatus(deps),
  });
}

/** One snapshot, so that its sums agree. */
async function readStatus(deps: ApiDeps): Promise<z.infer<typeof statusSchema>> {
  return deps.database.db.transaction(
    async (tx) => {
      const wallets = await sumWallets(tx);
      const oldest = await findOldestOpenReview(tx);
      return {
        wallets: {
          count: wallets.count,
          balance: {
            credits: wallets.credits.toString(),
            rand: toMoney(wallets.prepaidMinor + wallets.remainderMinor, ZAR),
            remainder: toMoney(wallets.remainderMinor, ZAR),
          },
        },
        deposits: (await sumDepositsByState(tx)).map((total) => ({
          state: total.state,
          count: total.count,
          amount: toMoney(total.amountMinor, total.currency),
        })),
        lastRuns: (await listLastRuns(tx)).map(toRun),
        oldestOpenReview:
          oldest === null
            ? null
            : {
                depositId: oldest.depositId,
                openedAt: toInstant(oldest.openedAt),
                dueAt: toInstant(oldest.dueAt),
              },
        bankAccounts: (await sumAccountBalances(tx)).map((account) => ({
          account: account.accountKey,
          ledgerBalance: toMoney(account.bankMinor, account.currency),
          suspense: toMoney(account.suspenseMinor, account.currency),
        })),
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
