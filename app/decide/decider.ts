import type { ApprovalPolicy } from '../../domain/review/approval.ts';
import { CodedError } from '../../domain/errors.ts';

/** The key that sent a decision, and the person behind it. Compare persons, never keys. */
export interface Decider {
  readonly keyId: string;
  /** Null for a service's key. */
  readonly person: string | null;
}

/** The policy and the clock that proposals and approvals are checked against. */
export interface DecideContext {
  readonly approvals: ApprovalPolicy;
  readonly clock: () => Date;
}

/** The person behind a key. @throws CodedError `auth.forbidden` for a service, which may not decide anything. */
export function personOf(decider: Decider): string {
  if (decider.person !== null) return decider.person;
  throw new CodedError('auth.forbidden', 'A decision requires a person’s key.');
}
