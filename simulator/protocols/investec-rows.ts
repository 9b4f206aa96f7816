import { jsonObject } from '../json-text.ts';
import type { BankLine, StatementRow } from '../line.ts';
import { numberLiteral } from '../money-text.ts';
import type { Options } from '../options.ts';

const DESCRIPTION_MAX = 40;

/** Bank text and reference in one field of 40 characters; the bank's text is cut first. */
export function joinedDescription(description: string, reference: string): string {
  if (reference === '') return description.slice(0, DESCRIPTION_MAX);
  const room = Math.max(0, DESCRIPTION_MAX - reference.length - 1);
  return `${description.slice(0, room).trimEnd()} ${reference}`
    .trimStart()
    .slice(0, DESCRIPTION_MAX);
}

/** The documented formula: last 5 characters of the account, the day, the order padded to 7. */
function investecUuid(accountId: string, postingDate: string, postedOrder: number): string {
  return `${accountId.slice(-5)}${postingDate.replaceAll('-', '')}${postedOrder.toString().padStart(7, '0')}`;
}

/** One row of `/transactions`. Rows before 2024 had neither order, balance nor uuid. */
export function investecRow(
  accountId: string,
  { line, balanceMinor }: StatementRow,
  mode: Options['postedOrder'],
): string {
  const isPosted = line.status === 'booked';
  const order = mode === 'final' ? line.postedOrder : 0;
  const date = JSON.stringify(line.bookingDate);
  const kind = line.direction === 'credit' ? '"Deposits"' : '"FeesAndInterest"';
  return jsonObject([
    ['accountId', JSON.stringify(accountId)],
    ['type', JSON.stringify(line.direction.toUpperCase())],
    ['transactionType', isPosted ? kind : 'null'],
    ['status', isPosted ? '"POSTED"' : '"PENDING"'],
    ['description', JSON.stringify(joinedDescription(line.description, line.reference))],
    ['cardNumber', '""'],
    ...(mode === 'absent' ? [] : [['postedOrder', order.toString()] as const]),
    ['postingDate', date],
    ['valueDate', date],
    ['actionDate', date],
    ['transactionDate', date],
    ['amount', numberLiteral(line.amountMinor)],
    ...(mode === 'absent' || balanceMinor === null
      ? []
      : [['runningBalance', numberLiteral(balanceMinor)] as const]),
    ...(mode === 'absent' || !isPosted
      ? []
      : [['uuid', JSON.stringify(investecUuid(accountId, line.bookingDate, order))] as const]),
  ]);
}

/** One row of `/pending-transactions`, which has only six fields. */
export function pendingRow(accountId: string, line: BankLine): string {
  return jsonObject([
    ['accountId', JSON.stringify(accountId)],
    ['type', JSON.stringify(line.direction.toUpperCase())],
    ['status', '"PENDING"'],
    ['description', JSON.stringify(joinedDescription(line.description, line.reference))],
    ['transactionDate', JSON.stringify(line.bookingDate)],
    ['amount', numberLiteral(line.amountMinor)],
  ]);
}
