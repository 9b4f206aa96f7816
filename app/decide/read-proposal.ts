import type { Transaction } from '../../db/client.ts';
import type { DepositFacts } from '../../db/queries/settlement.ts';
import { findWallet, findWalletByCode } from '../../db/queries/wallets.ts';
import type { Allocation, DecisionPayload } from '../../domain/review/approval.ts';
import { CodedError } from '../../domain/errors.ts';
import { addDays, localDateIn, parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { CorrectionBody, DecisionBody, ReasonBody } from '../../api/schemas/decision-body.ts';

/** What a caller proposes about a deposit. */
export type Proposed =
  | { readonly depositId: string; readonly kind: 'correct'; readonly body: CorrectionBody }
  | { readonly depositId: string; readonly kind: 'take_back'; readonly body: ReasonBody }
  | {
      readonly depositId: string;
      readonly kind: 'pair';
      readonly body: ReasonBody;
      readonly lineId: bigint;
    }
  | {
      readonly depositId: string;
      readonly kind: DecisionBody['kind'];
      readonly body: DecisionBody;
    };

type WalletName = Pick<CorrectionBody, 'walletId' | 'code'>;

const TIME_ZONE = 'Africa/Johannesburg';
const KEEP_DAYS_MAX = 366;

/**
 * Reads what is proposed as what will be approved: wallets by their ids, the amount of the deposit.
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
    lineId: proposed.kind === 'pair' ? proposed.lineId : null,
    payer: null,
    reason: proposed.body.reason,
    allocations: [],
  };
  if (proposed.kind === 'correct')
    return { ...plain, allocations: [await wholeTo(tx, proposed.body, deposit)] };
  if (proposed.kind === 'take_back' || proposed.kind === 'pair') return plain;
  const { body } = proposed;
  switch (body.kind) {
    case 'credit':
      return { ...plain, allocations: await readAllocations(tx, body, deposit) };
    case 'return':
      return { ...plain, payer: body.payer ?? null };
    case 'dismiss':
      return plain;
    case 'keep':
      return { ...plain, keepUntil: readDeadline(body.until, given.now) };
  }
}

async function readAllocations(
  tx: Transaction,
  body: Extract<DecisionBody, { readonly kind: 'credit' }>,
  deposit: DepositFacts,
): Promise<readonly Allocation[]> {
  if (body.split === undefined) return [await wholeTo(tx, body, deposit)];
  const allocations: Allocation[] = [];
  for (const part of body.split) {
    if (part.amount.currency !== deposit.currency) {
      throw new CodedError(
        'decision.split_mismatch',
        `A part is in ${part.amount.currency}, the deposit is in ${deposit.currency}.`,
      );
    }
    const walletId = await findWalletId(tx, part);
    allocations.push({ walletId, amountMinor: BigInt(part.amount.minor) });
  }
  return allocations;
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
  if (wallet === null) throw new CodedError('wallet.not_found', 'There is no such wallet.');
  return wallet.id;
}

function readDeadline(until: string, now: Date): LocalDate {
  const day = parseLocalDate(until);
  const today = localDateIn(now, TIME_ZONE);
  if (day > today && day <= addDays(today, KEEP_DAYS_MAX)) return day;
  throw new CodedError(
    'request.invalid',
    `The new deadline must come after today and within ${KEEP_DAYS_MAX} days.`,
  );
}
