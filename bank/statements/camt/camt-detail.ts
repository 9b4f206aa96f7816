import type { Currency } from '../../../domain/money.ts';
import type { Direction, Sighting } from '../../../domain/sighting.ts';
import type { StatementDetail } from '../../../domain/statement.ts';
import { childrenOf, descend, onlyChild, textAt, type XmlElement } from '../xml-element.ts';
import { readAmount, readDirection, type CamtAmount } from './camt-values.ts';

type Party = Sighting['counterparty'];

/** One `TxDtls`, read before its entry is: both parties are kept until the entry tells which is the other side. */
export interface CamtDetail {
  readonly amount: CamtAmount | null;
  readonly direction: Direction | null;
  readonly references: readonly string[];
  readonly additional: string | null;
  readonly remittance: string | null;
  readonly debtor: Party;
  readonly creditor: Party;
  readonly bankId: string | null;
}

const PLACEHOLDERS = new Set(['NOTPROVIDED', 'NONREF', 'NOTAVAILABLE']);

/** @param where `statement 1, entry 3, part 2` */
export function readDetail(details: XmlElement, where: string): CamtDetail {
  const refs = onlyChild(details, 'Refs', where);
  const structured = childrenOf(onlyChild(details, 'RmtInf', where), 'Strd').map((each) =>
    textAt(each, ['CdtrRefInf', 'Ref'], where),
  );
  const remittance = join(
    childrenOf(onlyChild(details, 'RmtInf', where), 'Ustrd').map(({ text }) => text),
  );
  const additional = textAt(details, ['AddtlTxInf'], where);
  return {
    amount: readPartAmount(details, where),
    direction: onlyChild(details, 'CdtDbtInd', where) && readDirection(details, where),
    references: distinct([
      ...structured,
      remittance,
      realOrNull(textAt(refs, ['EndToEndId'], where)),
      additional,
    ]),
    additional,
    remittance,
    debtor: readParty(details, 'Dbtr', where),
    creditor: readParty(details, 'Cdtr', where),
    bankId: realOrNull(textAt(refs, ['AcctSvcrRef'], where)),
  };
}

/**
 * A detail as a part of its entry. `amountMinor` is null when the file states none in the entry's currency, and
 * negative for a part that moves against its entry.
 */
export function asPart(
  detail: CamtDetail,
  entry: { readonly direction: Direction; readonly currency: Currency; readonly reversal: boolean },
): StatementDetail {
  const amount = detail.amount?.currency === entry.currency ? detail.amount.minor : null;
  const isAgainst = detail.direction !== null && detail.direction !== entry.direction;
  return {
    amountMinor: amount !== null && isAgainst ? -amount : amount,
    references: detail.references,
    text: detail.additional ?? detail.remittance ?? '',
    counterparty: otherSide(detail, entry.direction, entry.reversal),
    bankId: detail.bankId,
  };
}

/** A reversal names the parties of the payment that it takes back, so that the other side changes with it. */
function otherSide(detail: CamtDetail, direction: Direction, reversal: boolean): Party {
  return (direction === 'credit') !== reversal ? detail.debtor : detail.creditor;
}

/** `Amt`, or `AmtDtls/TxAmt/Amt`; never `InstdAmt`, which is what the payer ordered and not what arrived. */
function readPartAmount(details: XmlElement, where: string): CamtAmount | null {
  const amount =
    onlyChild(details, 'Amt', where) ?? descend(details, ['AmtDtls', 'TxAmt', 'Amt'], where);
  return amount && readAmount(amount, `${where}, Amt`);
}

function readParty(details: XmlElement, side: 'Dbtr' | 'Cdtr', where: string): Party {
  const parties = onlyChild(details, 'RltdPties', where);
  const account = descend(parties, [`${side}Acct`, 'Id'], where);
  return {
    // The name moved under `Pty` with version 08.
    name: textAt(parties, [side, 'Nm'], where) ?? textAt(parties, [side, 'Pty', 'Nm'], where),
    account: textAt(account, ['IBAN'], where) ?? textAt(account, ['Othr', 'Id'], where),
  };
}

export function realOrNull(text: string | null): string | null {
  return text === null || PLACEHOLDERS.has(text.toUpperCase()) ? null : text;
}

export function distinct(texts: readonly (string | null)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== null))];
}

function join(texts: readonly string[]): string | null {
  const joined = texts.filter((text) => text !== '').join(' ');
  return joined === '' ? null : joined;
}
