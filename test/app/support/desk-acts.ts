import { creditWallet } from '../../../activities/credit-wallet.ts';
import { drainGate } from '../../../activities/drain-gate.ts';
import { openReview } from '../../../activities/open-review.ts';
import { pairReversals, type PairReversalsOutput } from '../../../activities/pair-reversals.ts';
import { spendCredits } from '../../../app/wallet/spend-credits.ts';
import type { Allocation } from '../../../domain/review/approval.ts';
import { isCoded } from '../../../domain/errors.ts';
import {
  activityContext,
  aSighting,
  deposits as captureDeposits,
  poll,
  TODAY,
} from '../../support/activities.ts';
import { moveGate } from '../../support/gates.ts';
import {
  carryOut,
  expectSame,
  isStanding,
  isState,
  partial,
  pick,
  referenceOf,
  type Act,
  type DeskCase,
} from './desk-case.ts';
import { comeBack, pairByHand, takeBackVanished, vanish } from './desk-line-acts.ts';
import type { ModelDeposit } from './desk-model.ts';

/** Does one thing to the service and to the model; what the model forbids must be refused. */
export async function perform(desk: DeskCase, act: Act): Promise<void> {
  const { model } = desk;
  switch (act.kind) {
    case 'capture':
      return capture(desk, act);
    case 'settle':
      return settle(desk, pick(model.deposits.filter(isState('captured')), act));
    case 'decide':
      return decide(desk, act, pick(model.deposits.filter(isState('in_review')), act));
    case 'reverse':
      return reverse(desk, pick(model.deposits.filter(isStanding), act));
    case 'correct':
      return correct(desk, act, pick(model.deposits.filter(isState('credited')), act));
    case 'spend':
      return spend(desk, act);
    case 'gate':
      return turnGate(desk);
    case 'vanish':
      return vanish(desk, act);
    case 'take_back':
      return takeBackVanished(desk, act);
    case 'come_back':
      return comeBack(desk, act);
    case 'pair':
      return pairByHand(desk, act);
  }
}

async function capture(desk: DeskCase, act: Act): Promise<void> {
  const { model, wallets } = desk;
  // Of its own amount each, so that a reversal means one of them.
  const amountMinor = BigInt(1_000 + act.how * 271) + BigInt(model.deposits.length);
  if (model.deposits.some((each) => each.amountMinor === amountMinor)) return;
  const codeOf =
    act.pick % (wallets.length + 1) === wallets.length ? null : act.pick % (wallets.length + 1);
  const reference = referenceOf(desk, { codeOf, amountMinor });
  const [depositId = ''] = await captureDeposits(
    desk.test.db,
    desk.accountKey,
    [{ reference, amountMinor }],
    partial,
  );
  model.capture({ depositId, amountMinor, codeOf });
}

async function settle(desk: DeskCase, deposit: ModelDeposit | null): Promise<void> {
  if (deposit === null) return;
  const { depositId, codeOf, amountMinor } = deposit;
  const { dependencies, model } = desk;
  if (codeOf === null) {
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    deposit.state = 'in_review';
    return;
  }
  const { outcome } = await creditWallet(dependencies, { depositId });
  expectSame(desk, outcome, model.gate.isClosed() ? 'gated' : 'credited');
  if (outcome === 'credited') model.credit(deposit, new Map([[codeOf, amountMinor]]));
}

const KINDS = ['credit', 'split', 'return', 'dismiss'] as const;

async function decide(desk: DeskCase, act: Act, deposit: ModelDeposit | null): Promise<void> {
  if (deposit === null) return;
  const { model } = desk;
  const kind = KINDS[act.how % KINDS.length] ?? 'credit';
  const shares = sharesOf(desk, act, deposit, kind === 'split');
  const isCredit = kind === 'credit' || kind === 'split';
  const outcome = await carryOut(desk, deposit.depositId, isCredit ? 'credit' : kind, {
    ...(isCredit ? { split: toAllocations(desk, shares) } : {}),
  });
  if (isCredit && model.gate.isClosed()) {
    expectSame(desk, outcome, 'gate_closed');
    return;
  }
  expectSame(desk, outcome, isCredit ? 'credited' : kind === 'return' ? 'returned' : 'dismissed');
  if (isCredit) model.credit(deposit, shares);
  else model.end(deposit, kind === 'return' ? 'returned' : 'dismissed');
}

function sharesOf(desk: DeskCase, act: Act, deposit: ModelDeposit, isSplit: boolean) {
  const first = act.pick % desk.wallets.length;
  if (!isSplit || desk.wallets.length < 2) return new Map([[first, deposit.amountMinor]]);
  const part = 1n + (BigInt(act.how) * deposit.amountMinor) / 101n;
  return new Map([
    [first, part],
    [(first + 1) % desk.wallets.length, deposit.amountMinor - part],
  ]);
}

function toAllocations(desk: DeskCase, shares: ReadonlyMap<number, bigint>): readonly Allocation[] {
  return [...shares].map(([customer, amountMinor]) => ({
    walletId: desk.wallets[customer]?.walletId ?? '',
    amountMinor,
  }));
}

async function reverse(desk: DeskCase, deposit: ModelDeposit | null): Promise<void> {
  if (deposit === null) return;
  const { accountKey, dependencies, model, test } = desk;
  const taken = aSighting({
    direction: 'debit',
    reversal: true,
    amountMinor: deposit.amountMinor,
    references: [referenceOf(desk, deposit)],
    text: 'REVERSAL',
  });
  await poll(test.db, accountKey, [taken], partial);
  desk.debits.push(taken);
  model.takeFromBank(deposit.amountMinor);
  const settleAll = (): Promise<PairReversalsOutput> =>
    activityContext().run(() => pairReversals(dependencies, { accountKey }));
  expectSame(desk, String((await settleAll()).paired), '1');
  expectSame(desk, String((await settleAll()).paired), '0');
  model.end(deposit, 'reversed');
}

async function correct(desk: DeskCase, act: Act, deposit: ModelDeposit | null): Promise<void> {
  if (deposit === null) return;
  const { model, wallets } = desk;
  const to = act.how % wallets.length;
  const walletId = wallets[to]?.walletId ?? '';
  const outcome = await carryOut(desk, deposit.depositId, 'correct', { walletId });
  if (model.gate.isClosed()) {
    expectSame(desk, outcome, 'gate_closed');
    return;
  }
  if (deposit.shares.size === 1 && deposit.shares.has(to)) {
    expectSame(desk, outcome, 'same_wallet');
    return;
  }
  expectSame(desk, outcome, 'corrected');
  model.credit(deposit, new Map([[to, deposit.amountMinor]]));
}

async function spend(desk: DeskCase, act: Act): Promise<void> {
  const { model, test, wallets } = desk;
  const customer = pick(spendersOf(desk, act), act);
  if (customer === null) return;
  const credits = BigInt(1 + (act.how % 3));
  const { credits: has, owed } = model.balanceOf(customer);
  const waits = model.mayKeep(customer, credits) ? 'spent' : 'wallet.credits_pending';
  const lacks = has < credits ? 'wallet.insufficient_credits' : waits;
  const expected = owed > 0n ? 'wallet.owes' : lacks;
  const outcome = await test.db
    .transaction((tx) =>
      spendCredits(tx, {
        walletId: wallets[customer]?.walletId ?? '',
        credits,
        note: null,
        spentBy: desk.keyId,
        spentOn: TODAY,
      }),
    )
    .then(
      () => 'spent',
      (error: unknown) => {
        if (isCoded(error)) return error.code;
        throw error;
      },
    );
  expectSame(desk, outcome, expected);
  if (outcome === 'spent') model.spend(customer, credits);
}

/** Customers who have or owe something; seldom also one who never had any. */
function spendersOf({ model, wallets }: DeskCase, { how }: Act): readonly number[] {
  const all = [...wallets.keys()];
  if (how % 10 === 0) return all;
  return all.filter((customer) => {
    const { credits, owed } = model.balanceOf(customer);
    return credits > 0n || owed > 0n;
  });
}

async function turnGate(desk: DeskCase): Promise<void> {
  const { accountKey: scope, dependencies, model, test } = desk;
  const state = model.gate.isClosed() ? 'open' : 'closed';
  await moveGate(test, scope, state);
  model.gate.set(state === 'closed');
  if (state === 'closed') return;
  await activityContext().run(() => drainGate(dependencies, { scope }));
  for (const deposit of model.deposits) {
    if (deposit.state === 'captured' && deposit.codeOf !== null)
      model.credit(deposit, new Map([[deposit.codeOf, deposit.amountMinor]]));
  }
}
