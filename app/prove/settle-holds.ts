import type { Database, Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { actAs, WORKFLOW_ACTOR } from '../../db/queries/audit.ts';
import {
  endHeldRows,
  insertLines,
  lockBankAccountForCapture,
  releaseHolds,
} from '../../db/queries/capture.ts';
import {
  countSameLooks,
  findOpening,
  findStatedClosing,
  pinOpening,
  sumOfLines,
  type StatedBalance,
} from '../../db/queries/day-proofs.ts';
import { listOpenDepositWorkflows } from '../../db/queries/deposit-workflows.ts';
import {
  listDoubts,
  mergeLines,
  readRowsAsLines,
  type RowAsLine,
} from '../../db/queries/doubts.ts';
import { countUnreadableRows } from '../../db/queries/quarantined-rows.ts';
import { lockDeposits } from '../../db/queries/settlement.ts';
import {
  isAnySettled,
  settleByBalance,
  type Doubt,
  type Settled,
} from '../../domain/line/balance-settles.ts';
import { KEY_SCHEME } from '../../domain/line/identity.ts';
import { addDays, type LocalDate } from '../../domain/local-date.ts';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';
import { parseCurrency } from '../../domain/money/money.ts';
import { factsKeyOf, keyOfFacts } from '../capture/stored-texts.ts';
import { takeBack } from '../undo/take-back.ts';

/** More doubts than this are never settled by a sum, so no more are read. */
const DOUBTS_READ_MAX = 200;

/** A balance, and the ledger's days that it counts. */
interface Balance {
  readonly accountKey: string;
  readonly stated: StatedBalance;
  /** The last day whose lines the balance counts whole. */
  readonly wholeUntil: LocalDate;
  /** Lines of later days that it counts. */
  readonly shownAfterMinor: bigint;
}

/**
 * Settles what waits and what is held by the balance of the bank's API, once two reads in a row found the same difference.
 * Answers the workflows of the deposits that it took off the books.
 */
export async function settleByApi(
  database: Database,
  balance: { readonly accountKey: string; readonly stated: StatedBalance },
): Promise<readonly DepositWorkflowRef[]> {
  const { accountKey, stated } = balance;
  return settle(
    database,
    { accountKey, stated, wholeUntil: stated.day, shownAfterMinor: 0n },
    async (tx, differenceMinor) =>
      (await countSameLooks(tx, { accountKey, day: stated.day, differenceMinor })) > 0,
  );
}

/** The same by the newest closing balance that a statement states. */
export async function settleByStatement(
  database: Database,
  accountKey: string,
): Promise<readonly DepositWorkflowRef[]> {
  const closing = await findStatedClosing(database, accountKey);
  if (closing === null) return [];
  const { day, minor, shownAfterMinor, wholeUntil } = closing;
  const balance = { accountKey, stated: { day, minor }, wholeUntil, shownAfterMinor };
  return settle(database, balance, () => Promise.resolve(true));
}

async function settle(
  database: Database,
  balance: Balance,
  isSure: (tx: Transaction, differenceMinor: bigint) => Promise<boolean>,
): Promise<readonly DepositWorkflowRef[]> {
  const { accountKey, shownAfterMinor, stated, wholeUntil } = balance;
  return database.transaction(async (tx) => {
    // First, as every capture does: the opening is written to a row that captures write, too.
    await lockBankAccountForCapture(tx, accountKey);
    const opening = (await pinOpening(tx, accountKey)) ?? (await findOpening(tx, accountKey));
    if (opening === null || wholeUntil < opening.day) return [];
    const days = { accountKey, from: opening.day, to: stated.day };
    if ((await listDoubts(tx, days, 1)).length === 0) return [];
    // The amount of a row that cannot be read may be the difference.
    if ((await countUnreadableRows(tx, accountKey)) > 0) return [];
    const doubts = await listDoubts(tx, days, DOUBTS_READ_MAX);
    if (doubts.some(({ bookingDate }) => bookingDate > wholeUntil)) return [];
    const moved = await sumOfLines(tx, { ...days, to: wholeUntil });
    const differenceMinor = opening.minor + moved + shownAfterMinor - stated.minor;
    const settled = settleByBalance(doubts, {
      differenceMinor,
      closedUntil: addDays(stated.day, -1),
    });
    if (!isAnySettled(settled) || !(await isSure(tx, differenceMinor))) return [];
    return carryOut(tx, accountKey, settled);
  });
}

async function carryOut(
  tx: Transaction,
  accountKey: string,
  { ended, lines, own, same }: Settled,
): Promise<readonly DepositWorkflowRef[]> {
  const depositIds = same.flatMap(({ depositId }) => depositId ?? []);
  const deposits = await lockDeposits(tx, depositIds);
  const refs = await listOpenDepositWorkflows(tx, depositIds);
  // People decided one of them just now.
  if (refs.length < same.length) return [];
  const heldIds = [...lines, ...ended].map(idOf);
  const rows = await readRowsAsLines(tx, { heldIds, keyScheme: KEY_SCHEME });
  if (!rows.every((row) => isInItsCurrency(accountKey, row))) return [];
  await actAs(tx, WORKFLOW_ACTOR, 'The balance that the bank states decides it.');
  await releaseHolds(tx, accountKey, own.map(idOf));
  const isLine = new Set(lines.map(idOf));
  await captureRows(
    tx,
    accountKey,
    rows.filter(({ heldId }) => isLine.has(heldId)),
  );
  await endHeldRows(
    tx,
    ended.map(({ besideLineId, id }) => ({
      heldId: id,
      lineId: besideLineId,
      evidence: besideLineId === null ? null : 'proof',
    })),
  );
  // The lines beside them take over their wordings, and no money is left of them.
  await mergeLines(tx, accountKey, same.map(idOf));
  for (const deposit of deposits) {
    await takeBack(tx, deposit, { kind: 'void', decisionId: null, eventOn: deposit.bookingDate });
  }
  return refs;
}

function idOf({ id }: Doubt): string {
  return id;
}

/**
 * True if the row's facts are those of an amount in the account's currency. A row that waits does not store its currency,
 * and a foreign amount is no part of the account's balance.
 */
function isInItsCurrency(accountKey: string, row: RowAsLine): boolean {
  const { amountMinor, bookingDate, currency, factsKey, reference } = row;
  return (
    factsKey ===
    factsKeyOf(accountKey, {
      bankId: null,
      bookingDate,
      valueDate: null,
      amountMinor: amountMinor < 0n ? -amountMinor : amountMinor,
      direction: amountMinor < 0n ? 'debit' : 'credit',
      currency: parseCurrency(currency),
      status: 'booked',
      reversal: false,
      references: reference === null ? [] : [reference],
      text: '',
      counterparty: { name: null, account: null },
      runningBalanceMinor: null,
      position: '',
    })
  );
}

/** Makes a line of each row that waits: the balance counts it. Its deposit is captured, and credits by its own code. */
async function captureRows(
  tx: Transaction,
  accountKey: string,
  rows: readonly RowAsLine[],
): Promise<void> {
  for (const row of rows) {
    const { amountMinor, bookingDate, currency, factsKey, feed, heldId, occurrence, source } = row;
    const text = row.reference ?? '';
    const line = {
      ...{ factsKey, occurrence, bookingDate, amountMinor, currency, text },
      transactionKey: keyOfFacts(factsKey, occurrence),
      valueDate: null,
      reversal: false,
      references: row.reference === null ? [] : [row.reference],
      counterpartyName: null,
      counterpartyAccount: null,
      depositId: newId('deposit'),
      hold: null,
      seen: null,
    };
    const [lineId = null] = await insertLines(tx, {
      ...{ accountKey, feed, source, runId: null, keyScheme: KEY_SCHEME },
      lines: [line],
    });
    await endHeldRows(tx, [{ heldId, lineId, evidence: null }]);
  }
}
