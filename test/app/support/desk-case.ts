import fc from 'fast-check';
import { applyDecision } from '../../../activities/apply-decision.ts';
import type { FollowUpOutput } from '../../../activities/follow-up.ts';
import type { Allocation, DecisionKind } from '../../../domain/review/approval.ts';
import type { Sighting } from '../../../domain/line/sighting.ts';
import { aSighting, type TestDependencies } from '../../support/activities.ts';
import type { TestDatabase } from '../../support/database.ts';
import { aDecision } from '../../support/decisions.ts';
import type { DeskModel, ModelDeposit } from './desk-model.ts';

/** One account with its customers, and what the model says of them. */
export interface DeskCase {
  readonly test: TestDatabase;
  readonly dependencies: TestDependencies;
  readonly accountKey: string;
  readonly keyId: string;
  readonly wallets: readonly { readonly walletId: string; readonly code: string }[];
  readonly model: DeskModel;
  /** What follows a read of the account; quiet about the alerts that it gives. */
  readonly followUp: () => Promise<FollowUpOutput>;
  /** Debit lines that the bank has shown; it shows them in every later read. */
  readonly debits: Sighting[];
  /** Each answer that the service gave, in this case or another. */
  readonly heard: Set<string>;
}

export interface Act {
  readonly kind:
    | 'capture'
    | 'settle'
    | 'decide'
    | 'reverse'
    | 'correct'
    | 'spend'
    | 'gate'
    | 'vanish'
    | 'take_back'
    | 'come_back'
    | 'pair';
  readonly pick: number;
  readonly how: number;
}

const anActOf = (kind: Act['kind']): fc.Arbitrary<Act> =>
  fc.record({ kind: fc.constant(kind), pick: fc.nat({ max: 99 }), how: fc.nat({ max: 99 }) });

const anyAct = fc.oneof(
  { arbitrary: anActOf('capture'), weight: 4 },
  { arbitrary: anActOf('settle'), weight: 8 },
  { arbitrary: anActOf('decide'), weight: 4 },
  { arbitrary: anActOf('reverse'), weight: 2 },
  { arbitrary: anActOf('correct'), weight: 4 },
  { arbitrary: anActOf('spend'), weight: 4 },
  { arbitrary: anActOf('gate'), weight: 2 },
  { arbitrary: anActOf('vanish'), weight: 1 },
  { arbitrary: anActOf('take_back'), weight: 2 },
  { arbitrary: anActOf('come_back'), weight: 4 },
  { arbitrary: anActOf('pair'), weight: 1 },
);

/** Without a deposit nearly nothing can happen, so each sequence begins with one. */
export const anyActs: fc.Arbitrary<readonly Act[]> = fc
  .tuple(anActOf('capture'), fc.array(anyAct, { minLength: 2, maxLength: 12 }))
  .map(([first, others]) => [first, ...others]);

export const partial = { scope: { kind: 'partial' } } as const;

/** The states in which a deposit may be taken back. */
export const isStanding = isState('captured', 'in_review', 'credited');

export function isState(...states: readonly ModelDeposit['state'][]) {
  return ({ state }: ModelDeposit): boolean => states.includes(state);
}

export function pick<T>(from: readonly T[], { pick: index }: Act): T | null {
  return from[index % Math.max(from.length, 1)] ?? null;
}

export function referenceOf(
  { wallets }: Pick<DeskCase, 'wallets'>,
  { codeOf, amountMinor }: Pick<ModelDeposit, 'codeOf' | 'amountMinor'>,
): string {
  return codeOf === null
    ? `PAYMENT OF ${amountMinor.toString().padStart(8, '0')}`
    : `${wallets[codeOf]?.code ?? ''} X${amountMinor}`;
}

/** The line of a deposit, as the bank shows it each time. */
export function lineOf(desk: DeskCase, deposit: ModelDeposit): Sighting {
  return aSighting({
    references: [referenceOf(desk, deposit)],
    amountMinor: deposit.amountMinor,
  });
}

/** Has a decision made, approved and carried out twice, of which the second must change nothing. */
export async function carryOut(
  { dependencies, test }: DeskCase,
  depositId: string,
  kind: DecisionKind,
  given: {
    readonly split?: readonly Allocation[];
    readonly walletId?: string;
    readonly lineId?: bigint;
  } = {},
): Promise<string> {
  const decisionId = await aDecision(test.owner, { depositId, kind, ...given });
  const first = await applyDecision(dependencies, { depositId, decisionId });
  const again = await applyDecision(dependencies, { depositId, decisionId });
  if (JSON.stringify(again) !== JSON.stringify(first))
    throw new Error(`${JSON.stringify(first)} became ${JSON.stringify(again)} when repeated.`);
  return first.refusal ?? first.outcome;
}

export function expectSame(desk: DeskCase, found: string, expected: string): void {
  desk.heard.add(found);
  if (found !== expected)
    throw new Error(`The service answered ${found}, the model says ${expected}.`);
}
