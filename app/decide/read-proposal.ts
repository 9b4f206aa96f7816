import type { Transaction } from '../../db/client.ts';
import type { DepositFacts } from '../../db/queries/settlement.ts';
import { findWallet, findWalletByCode } from '../../db/queries/wallets.ts';
import type { Allocation, DecisionPayload, PayerDetails } from '../../domain/review/approval.ts';
import { CodedError } from '../../domain/errors.ts';
import {
  addDays,
  BUSINESS_TIME_ZONE,
  localDateIn,
  parseLocalDate,
  type LocalDate,
} from '../../domain/local-date.ts';

/** A wallet, named by its ID or by its customer code, not both. */
export interface WalletName {
  readonly walletId?: string | undefined;
  readonly code?: string | undefined;
}

interface WithReason {
  readonly depositId: string;
  readonly reason: string;
}

/** One wallet's share of a split deposit. */
export interface ProposedPart extends WalletName {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** A decision as a person proposes it, before Purser looks up wallets and compares amounts. */
export type Proposed = WithReason &
  (
    | { readonly kind: 'credit'; readonly to: WalletName | readonly ProposedPart[] }
    | { readonly kind: 'return'; readonly payer: PayerDetails | null }
    | { readonly kind: 'dismiss' }
    | { readonly kind: 'keep'; readonly until: string }
    | { readonly kind: 'correct'; readonly to: WalletName }
    | { readonly kind: 'take_back' }
    | { readonly kind: 'pair'; readonly lineId: bigint }
  );

const KEEP_DAYS_MAX = 366;

/**
 * Turns a proposal into the payload for approval: wallets by their IDs, and the amount of the deposit.
 * @throws CodedError `wallet.not_found` · `request.invalid` · `decision.split_mismatch`
 */
export async function readProposal(
  tx: Transaction,
  proposed: Proposed,
  given: { readonly id: string; readonly deposit: DepositFacts; readonly now: Date },
): Promise<DecisionPayload> {
  const { deposit } = given;
  const plain = {
    decisionId: given.id,
    depositId: deposit.depositId,
    kind: proposed.kind,
    amountMinor: deposit.amountMinor,
    currency: deposit.currency,
    keepUntil: null,
    lineId: null,
    payer: null,
    reason: proposed.reason,
    allocations: [],
  };
  switch (proposed.kind) {
    case 'credit':
      return { ...plain, allocations: await readAllocations(tx, proposed.to, deposit) };
    case 'correct':
      return { ...plain, allocations: [await wholeTo(tx, proposed.to, deposit)] };
    case 'return':
      return { ...plain, payer: proposed.payer };
    case 'keep':
      return { ...plain, keepUntil: readDeadline(proposed.until, given.now) };
    case 'pair':
      return { ...plain, lineId: proposed.lineId };
    case 'dismiss':
    case 'take_back':
      return plain;
  }
}

async function readAllocations(
  tx: Transaction,
  to: WalletName | readonly ProposedPart[],
  deposit: DepositFacts,
): Promise<readonly Allocation[]> {
  if (!isSplit(to)) return [await wholeTo(tx, to, deposit)];
  const allocations: Allocation[] = [];
  for (const part of to) {
    if (part.currency !== deposit.currency) {
      throw new CodedError(
        'decision.split_mismatch',
        `A part is in ${part.currency}, but the deposit is in ${deposit.currency}.`,
      );
    }
    const walletId = await findWalletId(tx, part);
    allocations.push({ walletId, amountMinor: part.amountMinor });
  }
  return allocations;
}

function isSplit(to: WalletName | readonly ProposedPart[]): to is readonly ProposedPart[] {
  return Array.isArray(to);
}

async function wholeTo(
  tx: Transaction,
  named: WalletName,
  deposit: DepositFacts,
): Promise<Allocation> {
  return { walletId: await findWalletId(tx, named), amountMinor: deposit.amountMinor };
}

async function findWalletId(tx: Transaction, named: WalletName): Promise<string> {
  const wallet =
    named.walletId === undefined
      ? await findWalletByCode(tx, named.code ?? '')
      : await findWallet(tx, named.walletId);
  if (wallet === null) throw new CodedError('wallet.not_found', 'Wallet not found.');
  return wallet.id;
}

function readDeadline(until: string, now: Date): LocalDate {
  const day = parseLocalDate(until);
  const today = localDateIn(now, BUSINESS_TIME_ZONE);
  if (day > today && day <= addDays(today, KEEP_DAYS_MAX)) return day;
  throw new CodedError(
    'request.invalid',
    `The new deadline must come after today and within ${KEEP_DAYS_MAX} days.`,
  );
}
