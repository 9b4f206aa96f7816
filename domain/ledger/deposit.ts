/** Every state of a deposit. */
export const DEPOSIT_STATES = [
  'captured',
  'in_review',
  'credited',
  'returned',
  'dismissed',
  'reversed',
] as const;
export type DepositState = (typeof DEPOSIT_STATES)[number];

/** The states in which a deposit's money lies in suspense, until it is credited or a person decides. */
export const OPEN_DEPOSIT_STATES = [
  'captured',
  'in_review',
] as const satisfies readonly DepositState[];

export function isOpen(state: DepositState): boolean {
  return OPEN_DEPOSIT_STATES.some((each) => each === state);
}

/** The database refuses every other move (`check_deposit_move`); a test keeps the two equal. */
const LEGAL_MOVES: Readonly<Record<DepositState, readonly DepositState[]>> = {
  captured: ['in_review', 'credited', 'returned', 'reversed'],
  in_review: ['credited', 'returned', 'dismissed', 'reversed'],
  credited: ['reversed'],
  returned: [],
  dismissed: [],
  // The bank shows a removed line again.
  reversed: ['captured'],
};

export function mayMove(from: DepositState, to: DepositState): boolean {
  return LEGAL_MOVES[from].includes(to);
}

/** Names the workflow that looks after a deposit: its ID is made of the account, the transaction key and the round. */
export interface DepositWorkflowRef {
  readonly depositId: string;
  readonly accountKey: string;
  readonly transactionKey: string;
  /** Counts the workflows of one deposit, from 1 on: the next follows one that Temporal remembers as completed. */
  readonly round: number;
}
