import type { Transaction } from '../../db/client.ts';
import { listRates, type DepositFacts } from '../../db/queries/settlement.ts';
import { listStandingCredits } from '../../db/queries/standing-credits.ts';
import { findWallet } from '../../db/queries/wallets.ts';
import { CodedError } from '../../domain/errors.ts';
import { ZAR } from '../../domain/money/money.ts';
import type { DecisionPayload } from '../../domain/review/approval.ts';

/**
 * Refuses a proposal that could only be refused when it is carried out: nobody should approve it first. What may pass
 * until then, such as a closed gate, refuses nothing here.
 * @throws CodedError `wallet.not_open` · `decision.not_creditable` · `decision.same_wallet` · `deposit.not_credited`
 */
export async function refuseHopeless(
  tx: Transaction,
  deposit: DepositFacts,
  payload: DecisionPayload,
): Promise<void> {
  if (payload.kind === 'credit') {
    await refuseClosedWallet(tx, payload, ['open', 'frozen']);
    await refuseUncreditable(tx, deposit);
  }
  if (payload.kind === 'correct') {
    await refuseSameWallet(tx, payload);
    await refuseClosedWallet(tx, payload, ['open']);
  }
}

/** A person may credit a frozen wallet; a correction goes to an open one only. */
async function refuseClosedWallet(
  tx: Transaction,
  { allocations }: DecisionPayload,
  allowed: readonly string[],
): Promise<void> {
  for (const { walletId } of allocations) {
    const wallet = await findWallet(tx, walletId);
    if (wallet === null || allowed.includes(wallet.status)) continue;
    throw new CodedError(
      'wallet.not_open',
      `Wallet ${wallet.code} is ${wallet.status}: open it first, or name another one.`,
    );
  }
}

async function refuseUncreditable(tx: Transaction, deposit: DepositFacts): Promise<void> {
  const { bookingDate, currency } = deposit;
  if (currency !== ZAR) {
    throw new CodedError(
      'decision.not_creditable',
      `Credits are bought in ${ZAR}, and this deposit is in ${currency}: return it.`,
    );
  }
  const rates = await listRates(tx);
  if (rates.some((rate) => rate.effectiveFrom <= bookingDate)) return;
  throw new CodedError(
    'decision.not_creditable',
    `No rate is in force on ${bookingDate}: add one that takes effect on that day or before.`,
  );
}

async function refuseSameWallet(
  tx: Transaction,
  { depositId, allocations }: DecisionPayload,
): Promise<void> {
  const credits = await listStandingCredits(tx, depositId);
  if (credits.length === 0)
    throw new CodedError('deposit.not_credited', 'This deposit has no credit left to correct.');
  const isThere = credits.every((credit) => credit.walletId === allocations[0]?.walletId);
  if (!isThere) return;
  throw new CodedError(
    'decision.same_wallet',
    'The whole deposit is in this wallet already: there is nothing to move.',
  );
}
