import type { ApprovalPolicy } from '../../domain/review/approval.ts';
import { CodedError } from '../../domain/errors.ts';

/** The key that a decision was sent with, and the human behind it: compare persons, never keys. */
export interface Decider {
  readonly keyId: string;
  /** Null for a service's key. */
  readonly person: string | null;
}

/** The policy and the clock by which proposals and approvals are judged. */
export interface DecideContext {
  readonly approvals: ApprovalPolicy;
  readonly clock: () => Date;
}

/** The person behind a key. @throws CodedError `auth.forbidden` for a service: its scopes let it decide nothing. */
export function personOf(decider: Decider): string {
  if (decider.person !== null) return decider.person;
  throw new CodedError('auth.forbidden', 'A decision requires a person’s key.');
}
