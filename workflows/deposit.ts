/**
 * The workflow of one deposit. Its messages are described in three files:
 * - contract.ts: their names and content, for callers outside
 * - this file: the definitions made of those names, and their handlers
 * - decision-inbox.ts: the state that the handlers change and the query answers
 */
import {
  setHandler,
  defineQuery,
  defineSignal,
  defineUpdate,
  condition,
  allHandlersFinished,
  log,
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
  type ResolveDepositOutput,
  type WakeInput,
} from './contract.ts';
import { createDecisionInbox, type DecisionInbox } from './decision-inbox.ts';
import { badInput, needTexts, readText } from './read-input.ts';
import { reviewDeposit } from './review-deposit.ts';
import { notifyOfCredit } from './notify-customer.ts';

// Operators send these by hand, too: nothing is known of what they say.
const resolveDepositUpdate = defineUpdate<ResolveDepositOutput, [unknown]>(RESOLVE_DEPOSIT_UPDATE);
const resolveSignal = defineSignal<[unknown]>(RESOLVE_SIGNAL);
const bankEventSignal = defineSignal<[BankEventInput]>(BANK_EVENT_SIGNAL);
const wakeSignal = defineSignal<[WakeInput]>(WAKE_SIGNAL);
/** Upper bound on the delay caused by a lost wake-up signal. */
const GATE_LOOK_EVERY = '1h';

const getStateQuery = defineQuery<DepositStateOutput>(GET_STATE_QUERY);

/**
 * The life of one deposit: validate code → credit wallet → notify, and a review if no code names an owner. A direct
 * credit takes one workflow task and eight events.
 */
export async function deposit(input: DepositInput): Promise<DepositOutput> {
  needTexts(input, 'depositId', 'accountKey');
  const inbox = createDecisionInbox();
  setHandler(getStateQuery, () => inbox.state());
  setHandler(bankEventSignal, () => inbox.noteBankEvent());
  setHandler(wakeSignal, () => inbox.wake());
  setHandler(resolveSignal, (message) => {
    const decisionId = readText(message, 'decisionId');
    if (decisionId !== null) inbox.hand(decisionId);
    else log.warn('a signal that names no decision was dropped', { signalName: RESOLVE_SIGNAL });
  });
  setHandler(
    resolveDepositUpdate,
    async (message) => {
      const decisionId = readText(message, 'decisionId') ?? '';
      inbox.hand(decisionId);
      return inbox.answer(decisionId);
    },
    {
      validator: (message) => {
        if (readText(message, 'decisionId') === null)
          throw badInput('This update names no decision.');
      },
    },
  );
  const output = await settle(input, inbox);
  inbox.close(output.outcome);
  if (!allHandlersFinished()) await condition(allHandlersFinished);
  return output;
}

async function settle(input: DepositInput, inbox: DecisionInbox): Promise<DepositOutput> {
  const { depositId } = input;
  const validated = await steps.validateCode({ depositId });
  switch (validated.outcome) {
    case 'settled':
      return { outcome: 'settled_elsewhere' };
    case 'in_review':
      return reviewDeposit({ ...input, reason: null }, inbox);
    case 'review':
      return reviewDeposit({ ...input, reason: validated.reason }, inbox);
    case 'matched':
  }
  const credited = await creditBehindGate(depositId, inbox);
  switch (credited.outcome) {
    case 'settled':
      return { outcome: 'settled_elsewhere' };
    case 'review':
      return reviewDeposit({ ...input, reason: credited.reason }, inbox);
    case 'credited':
  }
  await notifyOfCredit(depositId);
  return { outcome: 'credited' };
}

/** The deposit waits here while the account's gate is closed; opening the gate wakes it. */
async function creditBehindGate(
  depositId: string,
  inbox: DecisionInbox,
): Promise<Exclude<CreditWalletOutput, { outcome: 'gated' }>> {
  for (;;) {
    const credited = await steps.creditWallet({ depositId });
    if (credited.outcome !== 'gated') return credited;
    setCurrentDetails('Waiting: crediting is stopped for this bank account.');
    await condition(() => inbox.isWoken(), GATE_LOOK_EVERY);
    inbox.takeWake();
  }
}
