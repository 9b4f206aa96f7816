import type { Currency } from '../../../domain/money/money.ts';
import type { Direction, Sighting } from '../../../domain/line/sighting.ts';
import type { StatementDetail } from '../../../domain/line/statement.ts';
import { childrenOf, descend, onlyChild, textAt, type XmlElement } from '../xml-element.ts';
import { currencyOf, readAmount, readDirection } from './camt-values.ts';

type Party = Sighting['counterparty'];

/** One `TxDtls`, read before its entry: it keeps both parties until the entry shows which is the counterparty. */
export interface CamtDetail {
  readonly position: string;
  /** `Amt` before `TxAmt`; one of the two may be in a foreign currency. */
  readonly amounts: readonly XmlElement[];
  readonly direction: Direction | null;
  /** The payer's texts, most trusted first. */
  readonly references: readonly string[];
  /** Texts that few payers fill in: ids, document numbers, purpose. They come last, so that no facts key changes. */
  readonly weakReferences: readonly string[];
  readonly additional: string | null;
  readonly remittance: string | null;
  readonly debtor: Party;
  readonly creditor: Party;
  readonly bankId: string | null;
}

const PLACEHOLDERS = new Set(['NOTPROVIDED', 'NONREF', 'NOTAVAILABLE']);
const NOBODY: Party = { name: null, account: null };
const DEBTOR = { party: 'Dbtr', account: 'DbtrAcct', ultimate: 'UltmtDbtr' } as const;
const CREDITOR = { party: 'Cdtr', account: 'CdtrAcct', ultimate: 'UltmtCdtr' } as const;

/** @param position `statement 1, entry 3, part 2` */
export function readDetail(details: XmlElement, position: string): CamtDetail {
  const refs = onlyChild(details, 'Refs', position);
  const information = onlyChild(details, 'RmtInf', position);
  const structured = childrenOf(information, 'Strd');
  const remittance = joinTexts(childrenOf(information, 'Ustrd'));
  // Next to a structured reference, this holds the payer's own message.
  const message = joinTexts(structured.flatMap((each) => childrenOf(each, 'AddtlRmtInf')));
  const additional = textAt(details, ['AddtlTxInf'], position);
  const parties = onlyChild(details, 'RltdPties', position);
  return {
    position,
    amounts: amountsOf(details, position),
    direction: onlyChild(details, 'CdtDbtInd', position) && readDirection(details, position),
    references: distinct([
      ...structured.map((each) => textAt(each, ['CdtrRefInf', 'Ref'], position)),
      remittance,
      realOrNull(textAt(refs, ['EndToEndId'], position)),
      additional,
    ]),
    weakReferences: distinct([
      message,
      ...structured.flatMap((each) => documentNumbers(each, position)),
      ...childrenOf(details, 'RltdRmtInf').map((each) => textAt(each, ['RmtId'], position)),
      ...otherIds(refs),
      textAt(details, ['Purp', 'Prtry'], position),
    ]),
    additional,
    remittance: remittance ?? message,
    debtor: readParty(parties, DEBTOR, position),
    creditor: readParty(parties, CREDITOR, position),
    bankId: realOrNull(textAt(refs, ['AcctSvcrRef'], position)),
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
  const amount = amountIn(detail, entry.currency);
  const isAgainst = detail.direction !== null && detail.direction !== entry.direction;
  return {
    amountMinor: amount !== null && isAgainst ? -amount : amount,
    references: distinct([...detail.references, ...detail.weakReferences]),
    text: detail.additional ?? detail.remittance ?? '',
    counterparty: otherSide(detail, entry.direction, entry.reversal),
    bankId: detail.bankId,
  };
}

/** A reversal names the parties of the reversed payment, so the counterparty swaps with it. */
function otherSide(detail: CamtDetail, direction: Direction, reversal: boolean): Party {
  return (direction === 'credit') !== reversal ? detail.debtor : detail.creditor;
}

/** `Amt` and `AmtDtls/TxAmt/Amt`; never `InstdAmt`, the amount that the payer ordered and not the one that arrived. */
function amountsOf(details: XmlElement, where: string): readonly XmlElement[] {
  const amounts = [
    onlyChild(details, 'Amt', where),
    descend(details, ['AmtDtls', 'TxAmt', 'Amt'], where),
  ];
  return amounts.filter((amount) => amount !== null);
}

function amountIn(detail: CamtDetail, currency: Currency): bigint | null {
  const { amounts } = detail;
  const amount = amounts.find((each) => currencyOf(each) === currency) ?? amounts[0];
  if (amount === undefined) return null;
  const read = readAmount(amount, `${detail.position}, Amt`);
  return read.currency === currency ? read.minor : null;
}

/** Numbers of the invoices that the payment is for. */
function documentNumbers(structured: XmlElement, where: string): readonly (string | null)[] {
  return childrenOf(structured, 'RfrdDocInf').flatMap((document) => [
    textAt(document, ['Nb'], where),
    ...childrenOf(document, 'LineDtls').flatMap((line) =>
      childrenOf(line, 'Id').map((each) => textAt(each, ['Nb'], where)),
    ),
  ]);
}

/** The payer's system, or at some banks the payer, sets all of these except `TxId`. */
function otherIds(refs: XmlElement | null): readonly (string | null)[] {
  if (refs === null) return [];
  return refs.children.map((child) => {
    switch (child.name) {
      case 'InstrId':
      case 'TxId':
      case 'PmtInfId':
      case 'MsgId':
        return realOrNull(child.text);
      default:
        return null;
    }
  });
}

function readParty(
  parties: XmlElement | null,
  side: typeof DEBTOR | typeof CREDITOR,
  where: string,
): Party {
  if (parties === null) return NOBODY;
  const account = onlyChild(parties, side.account, where);
  const id = onlyChild(account, 'Id', where);
  return {
    name:
      nameOf(onlyChild(parties, side.party, where), where) ??
      nameOf(onlyChild(parties, side.ultimate, where), where),
    account:
      textAt(id, ['IBAN'], where) ??
      textAt(id, ['Othr', 'Id'], where) ??
      textAt(account, ['Prxy', 'Id'], where),
  };
}

/** Version 08 moved the name under `Pty`; a bank that is itself the counterparty is under `Agt`. */
function nameOf(party: XmlElement | null, where: string): string | null {
  if (party === null) return null;
  return (
    textAt(party, ['Nm'], where) ??
    textAt(party, ['Pty', 'Nm'], where) ??
    textAt(party, ['Agt', 'FinInstnId', 'Nm'], where)
  );
}

export function realOrNull(text: string | null): string | null {
  return text === null || text === '' || PLACEHOLDERS.has(text.toUpperCase()) ? null : text;
}

export function distinct(texts: readonly (string | null)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== null))];
}

function joinTexts(elements: readonly XmlElement[]): string | null {
  const joined = elements
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join(' ');
  return joined === '' ? null : joined;
}
