import type { Currency } from '../../../domain/money.ts';
import type { StatementLine } from '../../../domain/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { plain, type CsvLayout } from './csv-layout.ts';
import type { CsvProfile } from './csv-profile.ts';
import { readCsvAmount, readCsvDay, type Period } from './csv-values.ts';

interface RowContext {
  readonly profile: CsvProfile;
  readonly layout: CsvLayout;
  readonly currency: Currency;
  readonly period: Period | null;
  readonly isProvisional: boolean;
  /** `line 12` */
  readonly where: string;
  /** `statement 1, entry 3` for the next line. */
  readonly positionOf: (offset: number) => string;
}

export type CsvRow =
  | { readonly kind: 'skip' | 'end' | 'provisional' }
  | { readonly kind: 'opening' | 'closing'; readonly minor: bigint | null }
  | {
      readonly kind: 'lines';
      readonly lines: readonly StatementLine[];
      readonly account: string;
      /** Signed movement of the row, its fee included. */
      readonly movedMinor: bigint;
      readonly balanceMinor: bigint | null;
    };

/** Reads one row behind the header. @throws CodedError `statement.unreadable` for anything that is not clearly a row. */
export function readCsvRow(cells: readonly string[], context: RowContext): CsvRow {
  const { profile, layout, where } = context;
  const { columns } = profile;
  const texts = [...columns.references, ...columns.text].map((column) =>
    layout.at(cells, column).replaceAll('\u0000', '').trim(),
  );
  const says = (label: string | undefined) =>
    label !== undefined && [...texts, cells[0] ?? ''].some((text) => plain(text) === plain(label));
  if (says(profile.endRow)) return { kind: 'end' };
  if (says(profile.provisionalRow)) return { kind: 'provisional' };
  const amount = (column: string | number | undefined, name: string) =>
    column === undefined
      ? null
      : readCsvAmount(layout.at(cells, column), profile, context.currency, `${where}, ${name}`);
  const balanceMinor = amount(columns.balance, 'balance');
  if (says(profile.openingRow)) return { kind: 'opening', minor: balanceMinor };
  if (says(profile.closingRow)) return { kind: 'closing', minor: balanceMinor };

  const moved = readMovement(cells, context, amount);
  const fee = amount(columns.fee, 'fee');
  const feeMinor = fee === null || fee === 0n ? null : fee < 0n ? -fee : fee;
  if (moved === null && feeMinor === null) {
    if (profile.skip.some((label) => texts.some((text) => isLabel(text, label))))
      return { kind: 'skip' };
    throw unreadable(
      `${where}, amount`,
      'the row has no amount and is none of those that may lack it',
    );
  }
  const shared = readShared(cells, texts, context);
  const lines: StatementLine[] = [];
  const add = (signedMinor: bigint, isFee: boolean) =>
    lines.push({
      ...shared,
      amountMinor: signedMinor < 0n ? -signedMinor : signedMinor,
      direction: signedMinor < 0n ? 'debit' : 'credit',
      ...(isFee && moved !== null ? { references: [], text: 'Fee', bankId: null } : {}),
      runningBalanceMinor: null,
      position: context.positionOf(lines.length),
    });
  if (moved !== null) add(moved, false);
  if (feeMinor !== null) add(-feeMinor, true);
  return {
    kind: 'lines',
    lines,
    account: layout.at(cells, columns.account).trim(),
    movedMinor: (moved ?? 0n) - (feeMinor ?? 0n),
    balanceMinor,
  };
}

function readMovement(
  cells: readonly string[],
  { profile, layout, where }: RowContext,
  amount: (column: string | number, name: string) => bigint | null,
): bigint | null {
  const rule = profile.columns.amount;
  if (rule.kind === 'signed') return amount(rule.column, 'amount');
  if (rule.kind === 'columns') {
    const [credit, debit] = [amount(rule.credit, 'credit'), amount(rule.debit, 'debit')];
    if ((credit ?? 0n) !== 0n && (debit ?? 0n) !== 0n)
      throw unreadable(`${where}, amount`, 'the row has both money in and money out');
    if ((debit ?? 0n) !== 0n && debit !== null) return debit < 0n ? debit : -debit;
    return credit === null ? debit : credit < 0n ? -credit : credit;
  }
  const minor = amount(rule.column, 'amount');
  const indicator = layout.at(cells, rule.indicator).trim();
  if (minor === null) return null;
  if (minor < 0n) throw unreadable(`${where}, amount`, 'it has a sign beside its indicator');
  if (rule.credit.includes(indicator)) return minor;
  if (rule.debit.includes(indicator)) return -minor;
  throw unreadable(`${where}, indicator`, 'it is none of the values that the profile names');
}

function readShared(
  cells: readonly string[],
  texts: readonly string[],
  context: RowContext,
): Omit<StatementLine, 'amountMinor' | 'direction' | 'runningBalanceMinor' | 'position'> {
  const { profile, layout, where } = context;
  const { columns } = profile;
  const day = (column: string | number, name: string) =>
    readCsvDay(layout.at(cells, column), profile.dateFormats, context.period, `${where}, ${name}`);
  const prefix = profile.pendingPrefix;
  const isPending = prefix !== undefined && texts.some((text) => text.startsWith(prefix.trim()));
  const clean = texts.map((text) =>
    prefix !== undefined && text.startsWith(prefix.trim())
      ? text.slice(prefix.trim().length).trim()
      : text,
  );
  const references = clean.slice(0, columns.references.length).filter((text) => text !== '');
  const wording = clean.slice(columns.references.length).filter((text) => text !== '');
  const valueCell = layout.at(cells, columns.valueDate).trim();
  const bankId = layout.at(cells, columns.bankId).trim();
  const name = layout.at(cells, columns.counterparty).trim();
  return {
    bankId: bankId === '' ? null : bankId,
    bookingDate: day(columns.bookingDate, 'booking date'),
    valueDate:
      columns.valueDate === undefined || valueCell === ''
        ? null
        : day(columns.valueDate, 'value date'),
    currency: context.currency,
    status: isPending || context.isProvisional ? 'pending' : 'booked',
    reversal: false,
    references,
    text: wording.length > 0 ? wording.join(' ') : (references[0] ?? ''),
    counterparty: { name: name === '' ? null : name, account: null },
    details: [],
  };
}

/** A label that ends in `*` stands for every text that begins so. */
function isLabel(text: string, label: string): boolean {
  return label.endsWith('*')
    ? plain(text).startsWith(plain(label.slice(0, -1)))
    : plain(text) === plain(label);
}
