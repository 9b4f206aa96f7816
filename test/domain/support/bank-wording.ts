import { groupBy } from '../../../domain/group-by.ts';
import { dayOf, type BankRow } from './shown-rows.ts';
import type { Payment, Trick } from './tricks.ts';

/** How each source of a bank with these tricks shows its payments. */
export function createWording(tricks: ReadonlySet<Trick>) {
  const has = (trick: Trick) => tricks.has(trick);
  const textOf = (payment: Payment, source: string): string => {
    const said = payment.code ?? payment.name;
    const isCut = has('worded') && payment.key % 3 === 0 && source !== 'poll';
    // A source may leave the payer's reference out.
    const text = isCut && source !== 'mt940' ? 'EFT CREDIT' : said;
    const suffix = ['', ' PAYMENT', ' RTC'][payment.wording % 3] ?? '';
    if (!has('worded')) return `${text}${suffix}`;
    return (
      { poll: `${text}${suffix}`, webhook: `PAYSHAP ${text}`, 'camt.053': `${text} EFT` }[source] ??
      `EREF ${text}`
    );
  };
  const idOf = (payment: Payment, shown: readonly Payment[], source: string): string | null => {
    if (source !== 'poll' && source !== 'webhook') return null;
    if (source === 'poll' && has('renumbered'))
      return `${dayOf(payment.day)}-${shown.filter(({ day, key }) => day === payment.day && key < payment.key).length + (payment.key % 2 === 0 ? 0 : 1)}`;
    return source === 'webhook' && has('reissued') ? `W${payment.key}` : payment.id;
  };
  const rowOf = (payment: Payment, shown: readonly Payment[], source: string): BankRow => ({
    id: idOf(payment, shown, source),
    day: dayOf(payment.day),
    amountMinor: payment.amountMinor,
    reference: textOf(payment, source),
  });

  /** Batches: the poll shows totals, files show parts that name the entry. */
  const rowsOf = (shown: readonly Payment[], source: string): readonly BankRow[] => {
    const single = shown
      .filter(({ batch }) => batch === null)
      .map((each) => rowOf(each, shown, source));
    const grouped = groupBy(
      shown.filter(({ batch }) => batch !== null),
      ({ batch }) => batch,
    );
    const batched = [...grouped].flatMap(([batch, parts]): readonly BankRow[] => {
      const amountMinor = parts.reduce((sum, part) => sum + part.amountMinor, 0n);
      const bankId = `BATCH${batch}`;
      if (source === 'camt.053')
        return parts.map((part) => ({
          ...rowOf(part, shown, source),
          batch: { bankId, amountMinor },
        }));
      const day = dayOf(parts[0]?.day ?? 0);
      return [{ id: bankId, day, amountMinor, reference: `BATCH CREDIT ${parts.length} ITEMS` }];
    });
    return [...single, ...batched];
  };
  return { rowOf, rowsOf };
}
