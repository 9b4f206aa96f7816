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
  continueAsNew,
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
import { isHistoryLong } from './history-length.ts';
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

/** `bankEvents`: as many came before the workflow continued as new. */
type Input = DepositInput & { readonly bankEvents?: number };

/**
 * The life of one deposit: validate code → credit wallet → notify, and a review if no code names an owner. A direct
 * credit takes one workflow task and eight events. Whoever sends it very many messages makes it continue as new: the
 * rows say where it was.
 */
export async function deposit(input: Input): Promise<DepositOutput> {
  needTexts(input, 'depositId', 'accountKey');
  const { accountKey, bankEvents = 0, depositId } = input;
  const inbox = createDecisionInbox(bankEvents);
  takeMessages(inbox);
  const outcome = await settle({ depositId, accountKey }, inbox);
  if (outcome === 'long_history') {
    const { bankEvents: seen } = inbox.state();
    return continueAsNew<typeof deposit>({ depositId, accountKey, bankEvents: seen });
  }
  inbox.close(outcome.outcome);
  if (!allHandlersFinished()) await condition(allHandlersFinished);
  return outcome;
}

function takeMessages(inbox: DecisionInbox): void {
  setHandler(getStateQuery, () => inbox.state(), {
    description: 'State of the deposit, and reason and deadline of its review',
  });
  setHandler(bankEventSignal, () => inbox.noteBankEvent(), {
    description: 'A webhook about the line of this deposit came; counted only',
  });
  setHandler(wakeSignal, () => inbox.wake(), {
    description: 'Read the rows of the deposit again; they decide what follows',
  });
  setHandler(
    resolveSignal,
    (message) => {
      const decisionId = readText(message, 'decisionId');
      if (decisionId !== null) inbox.hand(decisionId);
      else log.warn('a signal that names no decision was dropped', { signalName: RESOLVE_SIGNAL });
    },
    { description: 'Carry out a stored decision: {"decisionId": "dec_…"}' },
  );
  setHandler(
    resolveDepositUpdate,
    async (message) => {
      const decisionId = readText(message, 'decisionId') ?? '';
      inbox.hand(decisionId);
      return inbox.answer(decisionId);
    },
    {
      description: 'Carry out a stored decision and answer its outcome: {"decisionId": "dec_…"}',
      validator: (message) => {
        if (readText(message, 'decisionId') === null)
          throw badInput('This update names no decision.');
      },
    },
  );
}

async function settle(
  input: DepositInput,
  inbox: DecisionInbox,
): Promise<DepositOutput | 'long_history'> {
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
  if (credited === 'long_history') return credited;
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
): Promise<Exclude<CreditWalletOutput, { outcome: 'gated' }> | 'long_history'> {
  for (;;) {
    const credited = await steps.creditWallet({ depositId });
    if (credited.outcome !== 'gated') return credited;
    setCurrentDetails('Waiting: crediting is stopped for this bank account.');
    await condition(() => inbox.isWoken() || isHistoryLong(inbox), GATE_LOOK_EVERY, {
      summary: 'Waits until the gate opens',
    });
    if (isHistoryLong(inbox)) return 'long_history';
    inbox.takeWake();
  }
}
