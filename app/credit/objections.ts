import { PAYER_TIMES_MIN, type Objections } from '../../domain/review/owner.ts';
import { mayReverse } from '../../domain/ledger/reversal.ts';
import type { Executor } from '../../db/client.ts';
import { findKnownPayers } from '../../db/queries/payer-memory.ts';
import {
  listAsOriginals,
  listOpenReversals,
  readAccountContext,
} from '../../db/queries/reversals.ts';
import type { DepositFacts } from '../../db/queries/settlement.ts';

/** More open reversals than this mean a fault of the feed; the newest matter most. */
const REVERSALS_MAX = 500;

/**
 * Finds the objections to crediting deposits by their codes; reads only. Runs no query if the account has no open
 * reversal and does not check payers against codes.
 */
export async function findObjections(
  executor: Executor,
  deposits: readonly DepositFacts[],
): Promise<ReadonlyMap<string, Objections>> {
  const takenBack = await findTakenBack(
    executor,
    deposits.filter((deposit) => deposit.hasOpenReversals),
  );
  const watched = deposits.filter(({ payerConflict }) => payerConflict === 'review').map(idOf);
  const payers =
    watched.length === 0
      ? new Map<string, string>()
      : await findKnownPayers(executor, { depositIds: watched, timesMin: PAYER_TIMES_MIN });
  return new Map(
    deposits.map(({ depositId }) => [
      depositId,
      {
        isTakenBack: takenBack.has(depositId),
        payerWalletId: payers.get(depositId) ?? null,
      },
    ]),
  );
}

async function findTakenBack(
  executor: Executor,
  deposits: readonly DepositFacts[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const accountKey of new Set(deposits.map(({ bankAccountKey }) => bankAccountKey))) {
    const reversals = await listOpenReversals(executor, { accountKey, limit: REVERSALS_MAX });
    const context = await readAccountContext(executor, accountKey);
    const ids = deposits.filter((deposit) => deposit.bankAccountKey === accountKey).map(idOf);
    for (const original of await listAsOriginals(executor, ids)) {
      if (reversals.some((line) => mayReverse(line, original, context)))
        found.add(original.depositId);
    }
  }
  return found;
}

function idOf({ depositId }: DepositFacts): string {
  return depositId;
}
