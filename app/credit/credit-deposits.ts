import type { Transaction } from '../../db/client.ts';
import {
  findWalletsByCode,
  listRates,
  lockWallets,
  postJournals,
  type DepositFacts,
} from '../../db/queries/settlement.ts';
import { lockGates } from '../../db/queries/gates.ts';
import { findObjections } from './objections.ts';
import { findOwner, type Owner } from '../../domain/review/owner.ts';
import { codesToLookUp, readReferences, withoutRivals } from '../../domain/reference/reference.ts';
import { isOpen } from '../../domain/ledger/deposit.ts';
import { settle, type OwnedDeposit } from '../../domain/ledger/settle.ts';

export interface CreditedDeposits {
  readonly creditedIds: readonly string[];
  /** Deposits behind a closed gate: they stay as they are. */
  readonly gatedIds: readonly string[];
  /** Deposits that a person must decide, with their reasons; nothing was written for them. */
  readonly reviews: readonly {
    readonly depositId: string;
    readonly owner: Extract<Owner, { kind: 'review' }>;
  }[];
}

/** Finds the owners of deposits by their references, and the objections to each; reads only. Keeps the order given. */
export async function findOwners(
  executor: Parameters<typeof findWalletsByCode>[0],
  deposits: readonly DepositFacts[],
): Promise<readonly { readonly deposit: DepositFacts; readonly owner: Owner }[]> {
  const read = deposits.map((deposit) => ({ deposit, reading: readReferences(deposit.texts) }));
  const wallets = await findWalletsByCode(
    executor,
    read.flatMap(({ reading }) => codesToLookUp(reading)),
  );
  const objections = await findObjections(executor, deposits);
  return read.map(({ deposit, reading: asWritten }) => {
    const reading = withoutRivals(asWritten, wallets);
    const wallet = (reading.kind === 'exact' ? wallets.get(reading.code) : undefined) ?? null;
    return {
      deposit,
      owner: findOwner(deposit, reading, wallet, objections.get(deposit.depositId)),
    };
  });
}

/**
 * Credits every deposit that names exactly one open wallet, all in the caller's transaction: the one way in which
 * matched money moves, for a single deposit and for a batch. The caller has locked the deposits.
 */
export async function creditDeposits(
  tx: Transaction,
  deposits: readonly DepositFacts[],
  lane: 'workflow' | 'backlog',
): Promise<CreditedDeposits> {
  const open = deposits.filter(({ state }) => isOpen(state));
  const owners = await findOwners(tx, open);
  const matched = owners.flatMap(({ deposit, owner }) =>
    owner.kind === 'wallet' ? [toOwned(deposit, owner.walletId)] : [],
  );
  const closed = await closedAccounts(tx, matched);
  const owned = matched.filter((deposit) => !closed.has(deposit.bankAccountKey));
  const wallets = await lockWallets(tx, [...new Set(owned.map((deposit) => deposit.walletId))]);
  const rates = await listRates(tx);
  // A wallet may close between the match and the lock: its status under the lock decides.
  const statuses = new Map(wallets.map((wallet) => [wallet.walletId, wallet.status]));
  const refusalOf = (deposit: Pick<OwnedDeposit, 'walletId' | 'bookingDate'>) => {
    const status = statuses.get(deposit.walletId);
    if (status === 'closed') return 'wallet_closed';
    if (status === 'frozen') return 'wallet_frozen';
    // One line with an impossible day must not stop the rest of its batch.
    return rates.some((rate) => rate.effectiveFrom <= deposit.bookingDate) ? null : 'poison';
  };
  const payable = owned.filter((deposit) => refusalOf(deposit) === null);
  await postJournals(tx, settle(payable, wallets, rates), lane);
  return {
    creditedIds: payable.map((deposit) => deposit.depositId),
    gatedIds: matched
      .filter((deposit) => closed.has(deposit.bankAccountKey))
      .map((deposit) => deposit.depositId),
    reviews: owners.flatMap(({ deposit: { depositId, bankAccountKey, bookingDate }, owner }) => {
      if (owner.kind === 'review') return [{ depositId, owner }];
      if (closed.has(bankAccountKey)) return [];
      const reason = refusalOf({ walletId: owner.walletId, bookingDate });
      return reason === null
        ? []
        : [{ depositId, owner: { kind: 'review', reason, candidates: [] } as const }];
    }),
  };
}

async function closedAccounts(
  tx: Transaction,
  deposits: readonly OwnedDeposit[],
): Promise<ReadonlySet<string>> {
  if (deposits.length === 0) return new Set();
  return lockGates(
    tx,
    deposits.map((deposit) => deposit.bankAccountKey),
  );
}

function toOwned(deposit: DepositFacts, walletId: string): OwnedDeposit {
  return {
    depositId: deposit.depositId,
    bankAccountKey: deposit.bankAccountKey,
    walletId,
    amountMinor: deposit.amountMinor,
    bookingDate: deposit.bookingDate,
    decisionId: null,
    generation: deposit.generation,
  };
}
