import { asLocalDate, type LocalDate } from '../../../domain/local-date.ts';
import { AMOUNT_MINOR_MAX, parseCurrency, type Currency } from '../../../domain/money/money.ts';
import type { StatementLine } from '../../../domain/line/statement.ts';
import { holdsControls, withoutControls } from '../control-characters.ts';
import { unreadable } from '../statement-fault.ts';
import type { StatementSummary } from '../statement-reader.ts';
import { createTally, judgeProof } from '../statement-tally.ts';
import { fundsFields, readBai2Amount, type Bai2Record } from './bai2-records.ts';

/** Group data that apply to all its accounts. */
export interface Bai2Group {
  readonly currency: string;
  readonly day: LocalDate;
  /** The bank's day is over, so the group is complete for that day. */
  readonly isFinal: boolean;
  /** Deletions, corrections and tests do not post. */
  readonly posts: boolean;
}

const OPENING_LEDGER = '010';
const CLOSING_LEDGER = '015';
/** Reversals and returned items; the number gives the direction as for any other entry. */
const REVERSALS = new Set(['252', '255', '266', '452', '555', '557']);

/** One account of a group, built record by record. */
export function createBai2Account(group: Bai2Group, place: string) {
  const fields: string[] = [];
  const tally = createTally();
  let head: { account: string; currency: Currency; where: string } | null = null;
  let balances: ReadonlyMap<string, bigint> = new Map();
  let controlMinor = 0n;

  const readHead = (): { account: string; currency: Currency; where: string } => {
    if (head !== null) return head;
    const where = place;
    const account = (fields[0] ?? '').trim();
    const code = (fields[1] ?? '').trim() || group.currency;
    if (account === '') throw unreadable(where, 'it names no account');
    if (holdsControls(account))
      throw unreadable(where, 'its account number holds control characters');
    if (!/^[A-Z]{3}$/.test(code))
      throw unreadable(where, 'its currency is not three capital letters');
    const summary = readSummary(fields, where);
    balances = summary.balances;
    controlMinor += summary.sumMinor;
    head = { account, currency: parseCurrency(code), where };
    return head;
  };

  return {
    /** Fields of record 03 and its 88s: a type and its amount may be on two records. */
    addHead: (more: readonly string[]) => void fields.push(...more),
    /** @returns null for a notice without money. */
    entry(
      record: Bai2Record,
      more: readonly string[],
    ): { readonly line: StatementLine; readonly hasControls: boolean } | null {
      const { currency } = readHead();
      const { where } = record;
      const { type, amount, ...fields } = readFields(record, more);
      if (amount === '' && type === '890') return null;
      const minor = readBai2Amount(amount, `${where}, amount`);
      controlMinor += minor;
      if (type === '890' && minor === 0n) return null;
      const side = sideOf(type, where);
      const amountMinor = minor < 0n ? -minor : minor;
      if (amountMinor > AMOUNT_MINOR_MAX)
        throw unreadable(`${where}, amount`, 'it exceeds the largest possible amount');
      const texts = [fields.bankReference, fields.customerReference, ...fields.described];
      const hasControls = texts.some(holdsControls);
      const described = hasControls ? fields.described.map(withoutControls) : fields.described;
      const wording = described.join(' ');
      const line: StatementLine = {
        bankId: orNull(withoutControls(fields.bankReference)),
        bookingDate: group.day,
        valueDate: fields.valueDate,
        amountMinor,
        // A minus reverses the direction.
        direction: minor < 0n ? (side === 'credit' ? 'debit' : 'credit') : side,
        currency,
        status: 'booked',
        reversal: REVERSALS.has(type),
        references: [
          withoutControls(fields.customerReference).trim(),
          wording,
          described.join(''),
        ].filter((each, index, all) => each !== '' && all.indexOf(each) === index),
        text: wording,
        counterparty: { name: null, account: null },
        runningBalanceMinor: null,
        position: `${place}, entry ${tally.lines + 1}`,
        details: [],
      };
      tally.add(line);
      return { line, hasControls };
    },
    finish(): { readonly statement: StatementSummary; readonly controlMinor: bigint } {
      const { account, currency } = readHead();
      const openingMinor = balances.get(OPENING_LEDGER) ?? null;
      const closingMinor = balances.get(CLOSING_LEDGER) ?? null;
      return {
        controlMinor,
        statement: {
          account,
          currency,
          statementId: null,
          openingMinor,
          closingMinor,
          ...judgeProof(openingMinor, closingMinor, tally.bookedMinor, true),
          completeDays: group.isFinal && group.posts ? { from: group.day, to: group.day } : null,
        },
      };
    },
  };
}

/** Fields of a record 16. Those that do not fit continue in the records 88 below it, before the text. */
function readFields(record: Bai2Record, more: readonly string[]) {
  const parts = record.rest.split(',');
  const ownFields = parts.length;
  const waiting = record.isEnded ? [...more] : [];
  const fill = (count: number): void => {
    while (parts.length < count && waiting.length > 0)
      parts.push(...(waiting.shift() ?? '').split(','));
  };
  const type = (parts[0] ?? '').trim();
  if (!/^[0-9]{3}$/.test(type)) throw unreadable(record.where, 'the type is not three digits');
  if (/^\s*[012ZSVD]?\s*$/.test(waiting[0]?.split(',')[0] ?? 'none')) fill(3);
  // The number of pairs gives the number of fields of a D.
  if (parts[2]?.trim() === 'D') fill(4);
  const behind = 2 + fundsFields(parts, 2, `${record.where}, funds type`);
  fill(behind + 2);
  const [bankReference = '', customerReference = ''] = parts.slice(behind);
  const words = parts.slice(behind + 2, ownFields);
  const valued = parts[2]?.trim() === 'V' ? (parts[3] ?? '').trim() : '';
  return {
    type,
    amount: (parts[1] ?? '').trim(),
    valueDate: valued === '' ? null : readBai2Day(valued, `${record.where}, value date`),
    bankReference,
    customerReference,
    // All records 88, even one that supplied a reference: it may have been text.
    described: [words.join(','), ...more].map((each) => each.trim()).filter((each) => each !== ''),
  };
}

/**
 * Types with their amounts, item counts and funds types; an unknown balance is empty. The totals among them prove nothing:
 * accounts state totals of more than they list.
 */
function readSummary(fields: readonly string[], where: string) {
  const balances = new Map<string, bigint>();
  let sumMinor = 0n;
  let at = 2;
  while (at < fields.length) {
    const type = (fields[at] ?? '').trim();
    if (type === '') {
      at += 1;
      continue;
    }
    if (!/^[0-9]{3}$/.test(type)) throw unreadable(where, 'a summary type is not three digits');
    const amount = (fields[at + 1] ?? '').trim();
    if (amount !== '') {
      const minor = readBai2Amount(amount, `${where}, summary ${type}`);
      sumMinor += minor;
      balances.set(type, minor);
    }
    // Some banks omit the funds type where a record 88 continues.
    const isWithoutFunds = /^[0-9]{3}$/.test((fields[at + 3] ?? '').trim());
    at += 3 + (isWithoutFunds ? 0 : fundsFields(fields, at + 3, `${where}, summary ${type}`));
  }
  return { balances, sumMinor };
}

/** Banks define the types from 900 themselves, within the format's ranges. */
function sideOf(type: string, where: string): StatementLine['direction'] {
  const number = Number(type);
  if ((number > 100 && number <= 399) || (number >= 920 && number <= 959)) return 'credit';
  if ((number > 400 && number <= 699) || number >= 960) return 'debit';
  throw unreadable(`${where}, type`, 'it is neither a credit nor a debit');
}

/** Reads `YYMMDD`. @throws CodedError `statement.unreadable` */
export function readBai2Day(text: string, where: string): LocalDate {
  const match = /^([0-9]{2})([0-9]{2})([0-9]{2})$/.exec(text.trim());
  const century = Number(match?.[1] ?? '0') < 80 ? '20' : '19';
  const day = match === null ? null : asLocalDate(`${century}${match[1]}-${match[2]}-${match[3]}`);
  if (day === null) throw unreadable(where, 'the date is not YYMMDD');
  return day;
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
