import type { Transaction } from '../../db/client.ts';
import type { Decision } from '../../db/queries/decisions.ts';
import { closeLineCase, lockCaseOfLine } from '../../db/queries/line-cases.ts';
import { lockReversal } from '../../db/queries/reversals.ts';
import type { DepositFacts } from '../../db/queries/settlement.ts';
import type { LineCaseKind } from '../../db/schema/gates.ts';
import { invariant } from '../../domain/invariant.ts';
import { chargesOf } from '../../domain/ledger/reversal.ts';
import { bookReversal } from './pair-reversals.ts';
import { takeBack } from './take-back.ts';

/** The reason that a decision about a line was not carried out. */
type LineRefusal = { readonly refusal: 'case_not_open' | 'pair_mismatch' } | null;

/** Voids a deposit whose line the bank removed, if the case about it is open, and closes the case. */
export async function takeBackVanished(
  tx: Transaction,
  deposit: DepositFacts,
  decision: Decision,
): Promise<LineRefusal> {
  const found = await lockCaseOfLine(tx, { kind: 'line_vanished', lineId: deposit.lineId });
  if (found === null) return { refusal: 'case_not_open' };
  const { id: decisionId } = decision;
  await takeBack(tx, deposit, { kind: 'void', decisionId, eventOn: deposit.bookingDate });
  await close(tx, found.id, decision);
  return null;
}

/**
 * Reverses a deposit with the line that people paired it with, as Purser does with pairs that it finds, and closes the
 * case.
 */
export async function pairByHand(
  tx: Transaction,
  deposit: DepositFacts,
  decision: Decision,
): Promise<LineRefusal> {
  const { id: decisionId, lineId } = decision;
  invariant(lineId !== null, 'A decision to pair names no line.');
  const line = await lockReversal(tx, lineId.toString());
  const found = await lockCaseOfLine(tx, { kind: 'reversal_unpaired', lineId });
  if (line === null || found === null) return { refusal: 'case_not_open' };
  const { bankAccountKey: accountKey, amountMinor, currency } = deposit;
  const chargesMinor = chargesOf(line, { accountKey, amountMinor, currency });
  if (chargesMinor === null) return { refusal: 'pair_mismatch' };
  await bookReversal(tx, { line, deposit, chargesMinor, decisionId });
  await close(tx, found.id, decision);
  return null;
}

/** Once a deposit is dismissed, no person needs to look at its line. */
export async function closeCaseOf(
  tx: Transaction,
  deposit: DepositFacts,
  decision: Decision,
  kind: LineCaseKind,
): Promise<void> {
  const found = await lockCaseOfLine(tx, { kind, lineId: deposit.lineId });
  if (found !== null) await close(tx, found.id, decision);
}

async function close(tx: Transaction, id: bigint, decision: Decision): Promise<void> {
  const by = decision.approvedBy ?? decision.proposedBy;
  invariant(by !== null, 'A decision about a line has no approver.');
  await closeLineCase(tx, { id, by, note: decision.reason });
}
