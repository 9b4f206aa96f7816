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
  /** What of these shares waits since the bank shows its line no more. */
  held: Map<number, bigint>;
  /** Whether the bank still shows its line. */
  isShown: boolean;
  /** Whether people took it back since its line had vanished: it begins anew when the line comes back. */
  isOffTheBooks: boolean;
}

/** A debit line that the bank marks as a reversal and that nothing leads to a deposit. */
export interface ModelRecall {
  readonly lineId: bigint;
  readonly amountMinor: bigint;
  isPaired: boolean;
}

const RATE = 5_000n;

/**
 * Customers and deposits, kept as a person with pencil and paper would: what a customer paid in and nobody took back, less
 * what was spent at R50 a credit, is worth so many whole credits and so many cents, or is owed.
 */
export function createDeskModel(customers: number) {
  const deposits: ModelDeposit[] = [];
  const recalls: ModelRecall[] = [];
  let takenMinor = 0n;
  const spent = Array.from({ length: customers }, () => 0n);
  let isGateClosed = false;
  const valueOf = (customer: number): bigint =>
    deposits.reduce((sum, { shares }) => sum + (shares.get(customer) ?? 0n), 0n) -
    (spent[customer] ?? 0n) * RATE;
  const heldOf = (customer: number): bigint =>
    deposits.reduce((sum, { held }) => sum + (held.get(customer) ?? 0n), 0n);
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
    recalls,
    balanceOf,
    /** Whether what the customer keeps after a spend covers what waits for the bank. */
    mayKeep: (customer: number, credits: bigint): boolean =>
      heldOf(customer) === 0n || valueOf(customer) - credits * RATE >= heldOf(customer),
    /** The bank shows a line no more: what is left of it waits. */
    hide(deposit: ModelDeposit): void {
      deposit.isShown = false;
      for (const [customer, share] of deposit.shares) {
        const left = valueOf(customer) - heldOf(customer);
        deposit.held.set(customer, left < 0n ? 0n : left < share ? left : share);
      }
    },
    show(deposit: ModelDeposit): void {
      deposit.isShown = true;
      deposit.held = new Map();
    },
    capture(line: Pick<ModelDeposit, 'depositId' | 'amountMinor' | 'codeOf'>): void {
      const shown = { isShown: true, isOffTheBooks: false };
      deposits.push({ ...line, ...shown, state: 'captured', shares: new Map(), held: new Map() });
    },
    takeFromBank(amountMinor: bigint): void {
      takenMinor += amountMinor;
    },
    gate: {
      isClosed: () => isGateClosed,
      set: (closed: boolean) => {
        isGateClosed = closed;
      },
    },
    credit(deposit: ModelDeposit, shares: ReadonlyMap<number, bigint>): void {
      const waits = (customer: number, share: bigint): bigint =>
        (deposit.held.get(customer) ?? 0n) + share - (deposit.shares.get(customer) ?? 0n);
      const held = [...shares].map(
        ([customer, share]) => [customer, waits(customer, share)] as const,
      );
      deposit.held = new Map(deposit.isShown ? [] : held);
      deposit.state = 'credited';
      deposit.shares = new Map(shares);
    },
    end(deposit: ModelDeposit, state: 'returned' | 'dismissed' | 'reversed'): void {
      deposit.state = state;
      deposit.shares = new Map();
      deposit.held = new Map();
    },
    takeOffTheBooks(deposit: ModelDeposit): void {
      this.end(deposit, 'reversed');
      deposit.isOffTheBooks = true;
    },
    beginAnew(deposit: ModelDeposit): void {
      deposit.state = 'captured';
      deposit.isOffTheBooks = false;
    },
    spend(customer: number, credits: bigint): void {
      spent[customer] = (spent[customer] ?? 0n) + credits;
    },
    /** What the ledger holds in the bank account. */
    bankMinor: (): bigint =>
      deposits
        .filter(({ isOffTheBooks }) => !isOffTheBooks)
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n) - takenMinor,
    openMinor: (): bigint =>
      deposits
        .filter(({ state }) => state === 'captured' || state === 'in_review')
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
  };
}

export type DeskModel = ReturnType<typeof createDeskModel>;
