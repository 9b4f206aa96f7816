import type { Currency } from '../../../domain/money/money.ts';
import type { LocalDate } from '../../../domain/local-date.ts';
import type { StatementLine, StatementWarning } from '../../../domain/line/statement.ts';
import { holdsControls, withoutControls } from '../control-characters.ts';
import { unreadable } from '../statement-fault.ts';
import { warn } from '../warnings.ts';
import type { OfxAggregate } from './ofx-elements.ts';
import { readOfxAmount, readOfxDay } from './ofx-values.ts';

/** Data of the aggregates inside a transaction. */
export interface OfxInside {
  currency: Currency | null;
  payee: string | null;
  account: string | null;
}

/** Leaves with the facts of the money: two values of one are a contradiction. */
const FACTS = ['TRNAMT', 'DTPOSTED', 'FITID', 'CORRECTFITID', 'CORRECTACTION'];

/** @param inside its currency, if any, overrides the statement's: the bank did not convert the amount */
export function readOfxTransaction(
  { name, leaves, ambiguous, path }: OfxAggregate,
  inside: Readonly<OfxInside>,
  statementCurrency: Currency,
  position: string,
): { readonly line: StatementLine; readonly warnings: readonly StatementWarning[] } {
  for (const fact of FACTS)
    if (ambiguous.has(fact)) throw unreadable(`${position}, ${fact}`, 'it has two values');
  const leaf = (key: string) => {
    const value = leaves.get(key);
    return value === undefined || value === '' ? null : value;
  };
  const need = (key: string) => {
    const value = leaf(key);
    if (value === null) throw unreadable(`${position}, ${key}`, 'it is missing');
    return value;
  };
  const currency = inside.currency ?? statementCurrency;
  const minor = readOfxAmount(need('TRNAMT'), currency, `${position}, TRNAMT`);
  const isPending =
    name === 'STMTTRNP' || path.includes('BANKTRANLISTP') || leaf('TRNTYPE') === 'HOLD';
  const action = (leaf('CORRECTACTION') ?? '').toUpperCase();
  // Some banks name the entry itself, or no action: then no other entry is cancelled.
  const corrects =
    /^(?:REPLACE|DELETE)$/.test(action) &&
    leaf('CORRECTFITID') !== null &&
    leaf('CORRECTFITID') !== leaf('FITID');
  const posted = leaf('DTPOSTED') ?? (isPending ? need('DTTRAN') : need('DTPOSTED'));
  const found = {
    id: leaf('FITID'),
    name: leaf('NAME') ?? inside.payee ?? leaf('PAYEE'),
    longName: leaf('EXTDNAME'),
    memo: leaf('MEMO'),
    number: leaf('REFNUM'),
    check: leaf('CHECKNUM') ?? leaf('CHKNUM'),
    account: inside.account,
  };
  const hasControls = Object.values(found).some((text) => text !== null && holdsControls(text));
  const payer = clean(found.name);
  const references = [clean(found.memo), payer, clean(found.longName)];
  const numbers = [clean(found.number), clean(found.check)];
  return {
    line: {
      bankId: clean(found.id),
      bookingDate: readOfxDay(posted, `${position}, DTPOSTED`).day,
      valueDate: readValueDay([leaf('DTAVAIL'), leaf('DTUSER')], `${position}, DTAVAIL`),
      amountMinor: minor < 0n ? -minor : minor,
      direction: minor < 0n ? 'debit' : 'credit',
      currency,
      status: isPending || corrects ? 'pending' : 'booked',
      reversal: false,
      references: present([...references, ...numbers]),
      text: present([payer, clean(found.longName), clean(found.memo)]).join(' '),
      counterparty: { name: payer, account: clean(found.account) },
      runningBalanceMinor: null,
      position,
      details: [],
    },
    warnings: [
      ...(corrects ? [warn('entry_corrects', position)] : []),
      ...(hasControls ? [warn('control_characters', position)] : []),
    ],
  };
}

function clean(text: string | null): string | null {
  const plain = withoutControls(text ?? '').trim();
  return plain === '' ? null : plain;
}

/** Each text once. */
function present(texts: readonly (string | null)[]): readonly string[] {
  return [...new Set(texts.filter((text): text is string => text !== null))];
}

/** Some banks write zeros for an unknown date. */
function readValueDay(texts: readonly (string | null)[], where: string): LocalDate | null {
  const text = texts.find((each) => each !== null && !/^0+$/.test(each)) ?? null;
  return text === null ? null : readOfxDay(text, where).day;
}
