import {
  setHandler,
  defineQuery,
  defineSignal,
  defineUpdate,
  condition,
  allHandlersFinished,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { CreditWalletOutput } from '../activities/credit-wallet.ts';
import { steps } from './activity-options.ts';
import {
  BANK_EVENT_SIGNAL,
  GET_STATE_QUERY,
  RESOLVE_DEPOSIT_UPDATE,
  RESOLVE_SIGNAL,
  WAKE_SIGNAL,
  type BankEventInput,
  type DepositInput,
  type DepositOutput,
  type DepositStateOutput,
  type ResolveDepositInput,
  type ResolveDepositOutput,
  type WakeInput,
} from './contract.ts';
import { createDesk, type Desk } from './desk.ts';
import { reviewDeposit } from './review-deposit.ts';
import { tellCustomer } from './tell-customer.ts';

const resolveDepositUpdate = defineUpdate<ResolveDepositOutput, [ResolveDepositInput]>(
  RESOLVE_DEPOSIT_UPDATE,
);
const resolveSignal = defineSignal<[ResolveDepositInput]>(RESOLVE_SIGNAL);
const bankEventSignal = defineSignal<[BankEventInput]>(BANK_EVENT_SIGNAL);
const wakeSignal = defineSignal<[WakeInput]>(WAKE_SIGNAL);
/** A wake-up that was lost costs this much. */
const GATE_LOOK_EVERY = '1h';

const getStateQuery = defineQuery<DepositStateOutput>(GET_STATE_QUERY);

/**
 * The life of one deposit: validate code → credit wallet → notify, and a review where no code names an owner.
 * Credited straight through it takes one workflow task and eight events.
 */
export async function deposit(input: DepositInput): Promise<DepositOutput> {
  const desk = createDesk();
  setHandler(getStateQuery, () => desk.state());
  setHandler(bankEventSignal, () => desk.noteBankEvent());
  setHandler(wakeSignal, () => desk.wake());
  setHandler(resolveSignal, ({ decisionId }) => desk.hand(decisionId));
  setHandler(resolveDepositUpdate, async ({ decisionId }) => {
    desk.hand(decisionId);
    return desk.answer(decisionId);
  });
  const output = await settle(input, desk);
  desk.close(output.outcome);
  if (!allHandlersFinished()) await condition(allHandlersFinished);
  return output;
}

async function settle(input: DepositInput, desk: Desk): Promise<DepositOutput> {
  const { depositId } = input;
  const validated = await steps.validateCode({ depositId });
  switch (validated.outcome) {
    case 'settled':
      return { outcome: 'settled_elsewhere' };
    case 'in_review':
      return reviewDeposit({ ...input, reason: null }, desk);
    case 'review':
      return reviewDeposit({ ...input, reason: validated.reason }, desk);
    case 'matched':
  }
  const credited = await creditBehindGate(depositId, desk);
  switch (credited.outcome) {
    case 'settled':
      return { outcome: 'settled_elsewhere' };
    case 'review':
      return reviewDeposit({ ...input, reason: credited.reason }, desk);
    case 'credited':
  }
  await tellCustomer(depositId);
  return { outcome: 'credited' };
}

/** While the account's gate is closed the deposit waits here; whoever opens the gate wakes it. */
async function creditBehindGate(
  depositId: string,
  desk: Desk,
): Promise<Exclude<CreditWalletOutput, { outcome: 'gated' }>> {
  for (;;) {
    const credited = await steps.creditWallet({ depositId });
    if (credited.outcome !== 'gated') return credited;
    setCurrentDetails('Waiting: crediting is stopped for this bank account.');
    await condition(() => desk.isWoken(), GATE_LOOK_EVERY);
    desk.takeWake();
  }
}
