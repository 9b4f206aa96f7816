/** Names the workflow that looks after a deposit: its ID is made of the account, the transaction key and the round. */
export interface DepositWorkflowRef {
  readonly depositId: string;
  readonly accountKey: string;
  readonly transactionKey: string;
  /** Counts the workflows of one deposit, from 1 on: the next follows one that Temporal remembers as completed. */
  readonly round: number;
}
