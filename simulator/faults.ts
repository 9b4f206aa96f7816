export const FAULT_MODES = [
  'none',
  'error500',
  'error503',
  'rate-limited',
  'unauthorized',
  'slow',
  'hang',
  'drip',
  'endless-body',
  'cut-body',
  'html',
  'duplicate-page',
  'wrong-content-type',
  'not-json',
  'duplicate-keys',
  'shifting-pages',
  'empty',
  'raw',
] as const;

type FaultMode = (typeof FAULT_MODES)[number];

/** Misbehaviour of the bank, until changed or for `times` requests. */
export interface FaultPlan {
  readonly mode: FaultMode;
  readonly times?: number;
  /** Limits the plan to requests for this page. */
  readonly page?: number;
  /** `rows`: the calls that list transactions (default); `token`: the investec token; `all`: both and the rest. */
  readonly endpoint?: 'rows' | 'token' | 'all';
  /** `slow`: delay before the response (default 1000); `drip`: delay between two bytes. */
  readonly delayMs?: number;
  /** `rate-limited`: omitted from the response if absent. */
  readonly retryAfterSeconds?: number;
  /** `raw`: the response itself. */
  readonly status?: number;
  readonly contentType?: string;
  readonly body?: string;
}

export interface Fault extends FaultPlan {
  /** Number of responses that this plan has already spoilt. */
  readonly round: number;
}

export interface FaultBoard {
  set(plan: FaultPlan): void;
  plan(): FaultPlan;
  /** The fault for this request, if any; it counts against `times`. */
  take(endpoint: 'rows' | 'token' | 'other', page: number): Fault | null;
}

export function createFaultBoard(): FaultBoard {
  let plan: FaultPlan = { mode: 'none' };
  let round = 0;

  function applies(endpoint: 'rows' | 'token' | 'other', page: number): boolean {
    if (plan.mode === 'none') return false;
    const scope = plan.endpoint ?? 'rows';
    if (scope !== 'all' && scope !== endpoint) return false;
    if (plan.page !== undefined && plan.page !== page) return false;
    // The shift happens between page 1 and page 2, so only page 1 differs from the truth.
    return plan.mode !== 'shifting-pages' || page === 1;
  }

  /** The first page only announces a second one, so it must not use up the plan. */
  function countsAgainstTimes(page: number): boolean {
    return plan.mode !== 'duplicate-page' || page > 1;
  }

  return {
    set(next) {
      plan = next;
      round = 0;
    },
    plan: () => plan,
    take(endpoint, page) {
      if (!applies(endpoint, page)) return null;
      const fault: Fault = { ...plan, round };
      if (!countsAgainstTimes(page)) return fault;
      round += 1;
      if (plan.times !== undefined && round >= plan.times) plan = { mode: 'none' };
      return fault;
    },
  };
}
