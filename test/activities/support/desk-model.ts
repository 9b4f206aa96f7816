/** What one deposit has come to, told without the ledger's rules. */
export type ModelState =
  'captured' | 'in_review' | 'credited' | 'returned' | 'dismissed' | 'reversed';

export interface ModelDeposit {
  readonly depositId: string;
  readonly amountMinor: bigint;
  /** Which customer's code it bears; null where it bears none. */
  readonly codeOf: number | null;
  state: ModelState;
  /** What each customer has of it while it is credited. */
  shares: Map<number, bigint>;
}

const RATE = 5_000n;

/**
 * Customers and deposits, kept as a person with pencil and paper would: what a customer paid in and nobody took back, less
 * what was spent at R50 a credit, is worth so many whole credits and so many cents, or is owed.
 */
export function createDeskModel(customers: number) {
  const deposits: ModelDeposit[] = [];
  const spent = Array.from({ length: customers }, () => 0n);
  let isGateClosed = false;
  const valueOf = (customer: number): bigint =>
    deposits.reduce((sum, { shares }) => sum + (shares.get(customer) ?? 0n), 0n) -
    (spent[customer] ?? 0n) * RATE;
  const balanceOf = (customer: number) => {
    const value = valueOf(customer);
    return {
      credits: value > 0n ? value / RATE : 0n,
      remainder: value > 0n ? value % RATE : 0n,
      owed: value < 0n ? -value : 0n,
    };
  };
  return {
    deposits,
    balanceOf,
    gate: {
      isClosed: () => isGateClosed,
      set: (closed: boolean) => {
        isGateClosed = closed;
      },
    },
    credit(deposit: ModelDeposit, shares: ReadonlyMap<number, bigint>): void {
      deposit.state = 'credited';
      deposit.shares = new Map(shares);
    },
    end(deposit: ModelDeposit, state: 'returned' | 'dismissed' | 'reversed'): void {
      deposit.state = state;
      deposit.shares = new Map();
    },
    spend(customer: number, credits: bigint): void {
      spent[customer] = (spent[customer] ?? 0n) + credits;
    },
    openMinor: (): bigint =>
      deposits
        .filter(({ state }) => state === 'captured' || state === 'in_review')
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
  };
}

export type DeskModel = ReturnType<typeof createDeskModel>;
