import type { Evidence } from '../line/identity.ts';
import type { StoryActor, StoryPosting } from './story-words.ts';

/** Everything that the rows say about a deposit. Instants are ISO text in UTC. */
export interface StoryFacts {
  readonly depositId: string;
  readonly state: string;
  readonly lane: string | null;
  readonly dispatchedAt: string | null;
  readonly workflowId: string;
  readonly account: {
    readonly key: string;
    readonly bankName: string;
    readonly timeZone: string;
  };
  readonly line: {
    readonly amountMinor: bigint;
    readonly currency: string;
    readonly bookingDate: string;
    readonly references: readonly string[];
    readonly text: string;
    readonly counterpartyName: string | null;
    readonly counterpartyAccount: string | null;
    readonly occurrence: number;
    readonly capturedAt: string;
  };
  readonly sightings: readonly {
    readonly feed: 'poll' | 'webhook' | 'file';
    readonly source: string;
    readonly bankId: string | null;
    readonly seenAt: string;
    /** Null for the row that the line was made of. */
    readonly evidence: Evidence | null;
    /** When a row that had waited was known to be this line; null if it never waited. */
    readonly waitedUntil: string | null;
  }[];
  /** The hold of the line, open or ended; `beside` is the line that it may be. */
  readonly hold: {
    readonly reason: string;
    readonly heldAt: string;
    readonly endedAt: string | null;
    readonly endedAs: 'own' | 'same' | null;
    readonly beside: {
      readonly amountMinor: bigint;
      readonly bookingDate: string;
      readonly depositId: string | null;
    } | null;
  } | null;
  /** Rows that are no line, and may be or might have been this one: those that wait, and those that no read showed again. */
  readonly besideRows: readonly {
    readonly feed: 'poll' | 'webhook' | 'file';
    readonly source: string;
    readonly bankId: string | null;
    readonly seenAt: string;
    /** Null while the row waits. */
    readonly endedAt: string | null;
  }[];
  readonly bankEvents: readonly {
    readonly eventId: string;
    readonly receivedAt: string;
    readonly outcome: string | null;
    readonly errorCode: string | null;
  }[];
  readonly review: {
    readonly reason: string;
    readonly candidates: readonly string[];
    readonly openedAt: string;
    readonly dueAt: string;
    readonly closedAt: string | null;
  } | null;
  readonly comments: readonly { readonly by: string; readonly text: string; readonly at: string }[];
  readonly decisions: readonly {
    readonly kind: string;
    readonly state: string;
    readonly allocations: readonly { readonly walletCode: string; readonly amountMinor: bigint }[];
    readonly reason: string;
    readonly needsApproval: boolean;
    readonly proposedBy: string;
    readonly proposedAt: string;
    readonly approvedBy: string | null;
    readonly approvedAt: string | null;
    readonly rejectedBy: string | null;
    readonly rejectedAt: string | null;
    readonly outcome: string | null;
    readonly refusal: string | null;
    readonly appliedAt: string | null;
  }[];
  readonly journals: readonly {
    readonly kind: string;
    readonly decisionId: string | null;
    readonly walletCode: string | null;
    readonly at: string;
    readonly postings: readonly StoryPosting[];
  }[];
  readonly notifications: readonly {
    readonly kind: string;
    readonly walletCode: string;
    readonly createdAt: string;
    readonly deliveredAt: string | null;
    readonly readAt: string | null;
  }[];
  readonly gateWaits: readonly {
    /** Null: the gate of all accounts. */
    readonly accountKey: string | null;
    readonly cause: string;
    readonly closedAt: string;
    readonly closedBy: StoryActor;
    readonly closedWhy: string | null;
    readonly opening: {
      readonly at: string;
      readonly by: StoryActor;
      readonly why: string | null;
    } | null;
  }[];
  readonly audit: readonly {
    readonly at: string;
    readonly action: string;
    readonly actor: StoryActor;
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    readonly why: string | null;
  }[];
}

/** One thing that happened, in plain English. */
export interface StoryLine {
  readonly at: string;
  readonly text: string;
}
