import type { Currency } from '../../../domain/money/money.ts';
import type { StatementLine } from '../../../domain/line/statement.ts';
import { unreadable } from '../statement-fault.ts';
import type { StatementTally } from '../statement-tally.ts';
import { readAmount, readCurrencyCode, whereOf, type Mt940Place } from './mt940-values.ts';

type Side = StatementLine['direction'];

interface Total {
  /** Null if the bank states only the sum. */
  readonly count: number | null;
  readonly minor: bigint;
}

/** Fields 90D and 90C of one report, compared with its entries. */
export function createMt940Totals(tally: StatementTally) {
  const stated = new Map<Side, Total>();
  const expected = { credit: { count: 0, minor: 0n }, debit: { count: 0, minor: 0n } };

  return {
    /** Reads `3EUR1234,56`. @returns its currency, which must be the report's */
    read(text: string, at: Mt940Place): Currency {
      const match = /^([0-9]{1,5})?\s*([A-Z]{3})\s*(\S+)$/.exec(text.trim());
      if (match === null) throw unreadable(whereOf(at), 'it is not a count, currency and sum');
      const [, count, code = '', sum = ''] = match;
      const currency = readCurrencyCode(code, at);
      stated.set(at.tag === '90C' ? 'credit' : 'debit', {
        count: count === undefined ? null : Number(count),
        minor: readAmount(sum, currency, at),
      });
      return currency;
    },
    add(line: StatementLine): void {
      if (line.status === 'booked') return;
      expected[line.direction].count += 1;
      expected[line.direction].minor += line.amountMinor;
    },
    /** Some banks include expected entries in the totals, some do not. */
    agree(): boolean {
      return [...stated].every(([side, total]) => {
        const booked = { count: tally.count[side], minor: tally.sumMinor[side] };
        const all = {
          count: booked.count + expected[side].count,
          minor: booked.minor + expected[side].minor,
        };
        return [booked, all].some(
          ({ count, minor }) =>
            minor === total.minor && (total.count === null || total.count === count),
        );
      });
    },
    /** True at the last field, the credit total, or at the message's end mark if the bank omits the totals. */
    endsReport(isSealed: boolean): boolean {
      if (stated.has('credit')) return true;
      return stated.has('debit') ? tally.count.credit === 0 || isSealed : isSealed;
    },
  };
}
