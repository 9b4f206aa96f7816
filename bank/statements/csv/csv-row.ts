import type { Currency } from '../../../domain/money/money.ts';
import type { StatementLine } from '../../../domain/line/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { isLabel, plain, type CsvLayout } from './csv-layout.ts';
import type { CsvProfile } from './csv-profile.ts';
import { readCsvAmount, readCsvDay, type Period } from './csv-values.ts';

interface RowContext {
  readonly profile: CsvProfile;
  readonly layout: CsvLayout;
  readonly currency: Currency;
  readonly period: Period | null;
  readonly isProvisional: boolean;
  /** True if a charge without a sign takes money: only the surrounding rows show that. */
  readonly isCharge: (movedMinor: bigint, feeMinor: bigint, balanceMinor: bigint | null) => boolean;
  /** `line 12` */
  readonly where: string;
  /** `statement 1, entry 3` for the next line. */
  readonly positionOf: (offset: number) => string;
}

/** Values of a row's amount cells; null for empty ones. */
interface Amounts {
  /** Signed. */
  readonly movedMinor: bigint | null;
  /** As written. */
  readonly feeMinor: bigint | null;
  readonly balanceMinor: bigint | null;
}

export type CsvRow =
  | { readonly kind: 'skip' }
  /** Not booked, and without a day yet. */
  | { readonly kind: 'undated' }
  | { readonly kind: 'provisional' }
  | { readonly kind: 'opening' | 'closing'; readonly minor: bigint | null }
  | ({ readonly kind: 'end' } & Amounts)
  | {
      readonly kind: 'lines';
      readonly lines: readonly StatementLine[];
      readonly account: string;
      /** Signed movements of the row. */
      readonly movedMinor: bigint;
      readonly feeMinor: bigint;
      readonly balanceMinor: bigint | null;
      /** The row writes outgoing money with a minus. */
      readonly hasMinus: boolean;
    };

/** Reads one row after the header. @throws CodedError `statement.unreadable` for anything that is not clearly a row. */
export function readCsvRow(cells: readonly string[], context: RowContext): CsvRow {
  const { profile, layout, where } = context;
  const texts = [...profile.columns.references, ...profile.columns.text].map((column) =>
    textAt(cells, column, layout),
  );
  if (isLabel(cells[0] ?? '', profile.endRow))
    return { kind: 'end', ...readTotals(cells, context) };
  const state = stateOf(cells, context);
  if (state === 'skip') return { kind: 'skip' };
  const special = specialOf(texts, profile);
  if (profile.recordType !== undefined && cells[0]?.trim() !== profile.recordType)
    return special === null ? { kind: 'skip' } : stateBalance(special, cells, context);
  const amounts = readAmounts(cells, context);
  // A payer's text must not make a row special: a special row moves no money.
  const movesNothing = (amounts.movedMinor ?? 0n) === 0n && (amounts.feeMinor ?? 0n) === 0n;
  if (special !== null && movesNothing) return stateBalance(special, cells, context);
  const { movedMinor, balanceMinor } = amounts;
  const fee = amounts.feeMinor ?? 0n;
  if (movedMinor === null && fee === 0n) {
    throw unreadable(
      `${where}, amount`,
      'the row has no amount, and its text is not one that the profile allows without an amount',
    );
  }
  const isCharge =
    profile.feeSign === 'charge' ||
    (profile.feeSign === 'balance' && context.isCharge(movedMinor ?? 0n, fee, balanceMinor));
  const feeMinor = fee > 0n && isCharge ? -fee : fee;
  if (state === 'pending' && layout.at(cells, profile.columns.bookingDate).trim() === '')
    return { kind: 'undated' };
  const shared = {
    ...readShared(cells, texts, context),
    ...(state === 'pending' ? { status: state } : {}),
  };
  const lines: StatementLine[] = [];
  const add = (signedMinor: bigint, own: Partial<StatementLine>) =>
    lines.push({
      ...shared,
      amountMinor: signedMinor < 0n ? -signedMinor : signedMinor,
      direction: signedMinor < 0n ? 'debit' : 'credit',
      ...own,
      runningBalanceMinor: null,
      position: context.positionOf(lines.length),
    });
  // A row that is only a charge has its own text.
  const hasMovement = movedMinor !== null && (movedMinor !== 0n || fee === 0n);
  if (hasMovement) add(movedMinor, {});
  if (fee !== 0n) add(feeMinor, hasMovement ? { references: [], text: 'Fee', bankId: null } : {});
  return {
    kind: 'lines',
    lines,
    account: textAt(cells, profile.columns.account, layout),
    movedMinor: movedMinor ?? 0n,
    feeMinor,
    balanceMinor,
    hasMinus: hasMinus(cells, context),
  };
}

/** What the status column says of a row; every row without such a column is booked. */
function stateOf(
  cells: readonly string[],
  { profile, layout, where }: RowContext,
): 'booked' | 'pending' | 'skip' {
  const { only, status: rule } = profile.columns;
  const owner = only === undefined ? '' : plain(layout.at(cells, only.column));
  if (owner !== '' && only?.values.every((name) => plain(name) !== owner) === true) return 'skip';
  if (rule === undefined) return 'booked';
  const value = plain(layout.at(cells, rule.column));
  const state = (['booked', 'pending', 'skip'] as const).find((each) =>
    rule[each].some((name) => plain(name) === value),
  );
  if (state !== undefined) return state;
  throw unreadable(`${where}, status`, "it is not one of the profile's values");
}

function hasMinus(cells: readonly string[], { profile, layout }: RowContext): boolean {
  const { amount, fee } = profile.columns;
  const out = amount.kind === 'columns' ? amount.debit : amount.column;
  return [out, fee].some((column) => layout.at(cells, column).includes('-'));
}

type Special = 'provisional' | 'opening' | 'closing' | 'skip';

function specialOf(texts: readonly string[], profile: CsvProfile): Special | null {
  const says = (label: string | undefined) => texts.some((text) => isLabel(text, label));
  if (says(profile.provisionalRow)) return 'provisional';
  if (says(profile.openingRow)) return 'opening';
  if (says(profile.closingRow)) return 'closing';
  return profile.skip.some(says) ? 'skip' : null;
}

function stateBalance(kind: Special, cells: readonly string[], context: RowContext): CsvRow {
  if (kind === 'skip' || kind === 'provisional') return { kind };
  const { movedMinor, balanceMinor } = readAmounts(cells, context);
  const hasColumn = context.profile.columns.balance !== undefined;
  return { kind, minor: hasColumn ? balanceMinor : movedMinor };
}

/** The sums in the last row, as {@link Amounts}. */
function readTotals(cells: readonly string[], context: RowContext): Amounts {
  const rule = context.profile.columns.amount;
  const read = amountReader(cells, context);
  const { fee, balance } = context.profile.columns;
  const rest = { feeMinor: read(fee, 'fee'), balanceMinor: read(balance, 'balance') };
  if (rule.kind === 'indicator') return { movedMinor: null, ...rest };
  if (rule.kind === 'signed') return { movedMinor: readMovement(cells, context), ...rest };
  const [credit, debit] = [read(rule.credit, 'credit'), read(rule.debit, 'debit')];
  const moneyOut = (debit ?? 0n) < 0n ? (debit ?? 0n) : -(debit ?? 0n);
  const isStated = credit !== null || debit !== null;
  return { movedMinor: isStated ? (credit ?? 0n) + moneyOut : null, ...rest };
}

function readAmounts(cells: readonly string[], context: RowContext): Amounts {
  const { fee, balance } = context.profile.columns;
  const read = amountReader(cells, context);
  return {
    movedMinor: readMovement(cells, context),
    feeMinor: read(fee, 'fee'),
    balanceMinor: read(balance, 'balance'),
  };
}

function amountReader(
  cells: readonly string[],
  { profile, layout, where, currency }: RowContext,
): (column: string | number | undefined, name: string) => bigint | null {
  return (column, name) =>
    column === undefined
      ? null
      : readCsvAmount(layout.at(cells, column), profile, currency, `${where}, ${name}`);
}

function readMovement(cells: readonly string[], context: RowContext): bigint | null {
  const { profile, layout, where } = context;
  const read = amountReader(cells, context);
  const rule = profile.columns.amount;
  if (rule.kind === 'signed') {
    const minor = read(rule.column, 'amount');
    return minor !== null && rule.positive === 'debit' ? -minor : minor;
  }
  if (rule.kind === 'columns') {
    const [credit, debit] = [read(rule.credit, 'credit'), read(rule.debit, 'debit')];
    const [moneyIn, moneyOut] = [credit ?? 0n, debit ?? 0n];
    if (moneyIn !== 0n && moneyOut !== 0n)
      throw unreadable(`${where}, amount`, 'the row has both money in and money out');
    if (moneyIn < 0n) throw unreadable(`${where}, credit`, 'money in has a minus');
    if (moneyOut !== 0n) return moneyOut < 0n ? moneyOut : -moneyOut;
    return credit ?? debit;
  }
  const minor = read(rule.column, 'amount');
  const indicator = layout.at(cells, rule.indicator).trim();
  if (minor === null) return null;
  if (minor < 0n) throw unreadable(`${where}, amount`, 'it has a sign as well as an indicator');
  if (rule.credit.includes(indicator)) return minor;
  if (rule.debit.includes(indicator)) return -minor;
  throw unreadable(`${where}, indicator`, "it is not one of the profile's values");
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
  const prefix = profile.pendingPrefix?.trim();
  const isMarked = (text: string) => prefix !== undefined && text.startsWith(prefix);
  const clean = texts.map((text) =>
    isMarked(text) ? text.slice(prefix?.length ?? 0).trim() : text,
  );
  const references = clean.slice(0, columns.references.length).filter((text) => text !== '');
  const wording = clean.slice(columns.references.length).filter((text) => text !== '');
  const valueCell = layout.at(cells, columns.valueDate).trim();
  const bankId = textAt(cells, columns.bankId, layout);
  const name = textAt(cells, columns.counterparty, layout);
  return {
    bankId: bankId === '' ? null : bankId,
    bookingDate: day(columns.bookingDate, 'booking date'),
    valueDate:
      columns.valueDate === undefined || valueCell === ''
        ? null
        : day(columns.valueDate, 'value date'),
    currency: context.currency,
    status: texts.some(isMarked) || context.isProvisional ? 'pending' : 'booked',
    reversal: false,
    references,
    text: wording.length > 0 ? wording.join(' ') : (references[0] ?? ''),
    counterparty: { name: name === '' ? null : name, account: null },
    details: [],
  };
}

function textAt(
  cells: readonly string[],
  column: string | number | undefined,
  layout: CsvLayout,
): string {
  return layout.at(cells, column).replaceAll('\u0000', '').trim();
}
