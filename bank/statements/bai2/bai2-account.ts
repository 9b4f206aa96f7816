import { asLocalDate, type LocalDate } from '../../../domain/local-date.ts';
import { parseCurrency, type Currency } from '../../../domain/money.ts';
import type { StatementLine } from '../../../domain/statement.ts';
import { unreadable } from '../statement-fault.ts';
import type { StatementSummary } from '../statement-reader.ts';
import { createTally, judgeProof } from '../statement-tally.ts';
import { fundsFields, readBai2Amount } from './bai2-records.ts';

/** What a group says for its accounts. */
export interface Bai2Group {
  readonly currency: string;
  readonly day: LocalDate;
  /** The day is over for the bank, so that the group tells all of it. */
  readonly isFinal: boolean;
  /** Deletions, corrections and tests do not post. */
  readonly posts: boolean;
}

const OPENING_LEDGER = '010';
const CLOSING_LEDGER = '015';
/** Reversals and returned items; the number says the direction as for any other entry. */
const REVERSALS = new Set(['252', '255', '266', '452', '555', '557']);

/** One account of a group while its records pass by. */
export function createBai2Account(group: Bai2Group, place: string) {
  const fields: string[] = [];
  const tally = createTally();
  let head: { account: string; currency: Currency; where: string } | null = null;
  let balances = new Map<string, bigint>();
  let controlMinor = 0n;

  const readHead = (): { account: string; currency: Currency; where: string } => {
    if (head !== null) return head;
    const where = place;
    const account = (fields[0] ?? '').trim();
    const code = (fields[1] ?? '').trim() || group.currency;
    if (account === '') throw unreadable(where, 'it names no account');
    if (!/^[A-Z]{3}$/.test(code))
      throw unreadable(where, 'its currency is not three capital letters');
    const summary = readSummary(fields, where);
    balances = summary.balances;
    controlMinor += summary.sumMinor;
    head = { account, currency: parseCurrency(code), where };
    return head;
  };

  return {
    /** Fields of record 03 and of the 88s behind it: a type and its amount may stand on two of them. */
    addHead: (more: readonly string[]) => void fields.push(...more),
    /** @returns null for a notice without money. */
    entry(text: string, more: readonly string[], where: string): StatementLine | null {
      const { currency } = readHead();
      const parts = text.split(',');
      const type = (parts[0] ?? '').trim();
      if (!/^[0-9]{3}$/.test(type)) throw unreadable(where, 'the type is not three digits');
      const amount = (parts[1] ?? '').trim();
      if (amount === '' && type === '890') return null;
      const minor = readBai2Amount(amount, `${where}, amount`);
      controlMinor += minor;
      if (type === '890' && minor === 0n) return null;
      const behind = 2 + fundsFields(parts, 2, `${where}, funds type`);
      const [bankReference = '', customerReference = '', ...words] = parts.slice(behind);
      const described = [words.join(','), ...more]
        .map((each) => each.trim())
        .filter((each) => each !== '');
      const position = `${place}, entry ${tally.lines + 1}`;
      const wording = described.join(' ');
      const direction = directionOf(type, minor, where);
      const line: StatementLine = {
        bankId: orNull(bankReference),
        bookingDate: group.day,
        valueDate: parts[2] === 'V' ? readBai2Day(parts[3] ?? '', `${where}, value date`) : null,
        amountMinor: minor < 0n ? -minor : minor,
        direction,
        currency,
        status: 'booked',
        reversal: REVERSALS.has(type),
        references: [customerReference.trim(), wording, described.join('')].filter(
          (each, index, all) => each !== '' && all.indexOf(each) === index,
        ),
        text: wording,
        counterparty: { name: null, account: null },
        runningBalanceMinor: null,
        position,
        details: [],
      };
      tally.add(line);
      return line;
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

/** Types with their amounts, item counts and funds types; a balance that is not known is left empty. */
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
    at += 3 + fundsFields(fields, at + 3, `${where}, summary ${type}`);
  }
  return { balances, sumMinor };
}

function directionOf(type: string, minor: bigint, where: string): StatementLine['direction'] {
  const number = Number(type);
  const isCredit = number >= 100 && number <= 399;
  if (!isCredit && !(number >= 400 && number <= 699))
    throw unreadable(`${where}, type`, 'it is neither a credit nor a debit');
  // A minus turns the entry round.
  return isCredit === minor >= 0n ? 'credit' : 'debit';
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
