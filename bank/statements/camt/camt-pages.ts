import type { CodedError } from '../../../domain/errors.ts';
import { statementFault } from '../statement-fault.ts';
import { descend, onlyChild, textAt, type XmlElement } from '../xml-element.ts';
import { createEntryTotals, type EntryTotals } from './camt-totals.ts';
import { readFlag } from './camt-values.ts';

/** One `Stmt`, `Rpt` or `Ntfctn` without its entries: a whole statement, or one page of it. */
export interface CamtPage {
  readonly head: XmlElement;
  readonly totals: EntryTotals;
}

const PAGING = ['StmtPgntn', 'RptPgntn', 'NtfctnPgntn'] as const;

/** @param children elements of the page besides its entries; more may follow */
export function createPage(children: readonly XmlElement[], position: string): CamtPage {
  return {
    head: { name: position, attributes: {}, children, text: '' },
    totals: createEntryTotals(),
  };
}

/**
 * Checks that `page` continues the statement of `before`: same account and id, next number. Banks number paper pages too, so
 * only this much shows that no page is missing.
 */
export function refuseStrayPage(
  page: CamtPage,
  before: readonly CamtPage[],
  position: string,
): void {
  const paging = pagingOf(page, position);
  const [first] = before;
  if (paging === null && first === undefined) return;
  const place = `${position}, ${paging?.name ?? PAGING[0]}`;
  const isOfStatement =
    first === undefined ||
    (accountOf(page, position) === accountOf(first, position) &&
      textAt(page.head, ['Id'], position) === textAt(first.head, ['Id'], position));
  if (paging === null || !isOfStatement || pageNumber(paging, place) !== before.length + 1)
    throw pagesMissing(place);
}

export function isLastPage(page: CamtPage, position: string): boolean {
  const paging = pagingOf(page, position);
  return paging === null || readFlag(paging, 'LastPgInd', `${position}, ${paging.name}`);
}

/** A file is one message, so pages of a message never share a file: only a `PgNb` 1 that is also the last is complete. */
export function refusePartOfMessage(groupHeader: XmlElement): void {
  const place = 'GrpHdr, MsgPgntn';
  const paging = onlyChild(groupHeader, 'MsgPgntn', 'GrpHdr');
  if (paging === null) return;
  if (pageNumber(paging, place) !== 1 || !readFlag(paging, 'LastPgInd', place))
    throw pagesMissing(place);
}

export function pagesMissing(where: string): CodedError {
  return statementFault(
    'statement.incomplete',
    where,
    'it is one page of several, and this file lacks the others',
  );
}

/** Account number or IBAN as the file writes it. */
export function accountOf({ head }: CamtPage, position: string): string | null {
  const id = descend(head, ['Acct', 'Id'], position);
  return textAt(id, ['IBAN'], position) ?? textAt(id, ['Othr', 'Id'], position);
}

function pagingOf({ head }: CamtPage, position: string): XmlElement | null {
  for (const name of PAGING) {
    const paging = onlyChild(head, name, position);
    if (paging !== null) return paging;
  }
  return null;
}

function pageNumber(paging: XmlElement, place: string): number {
  const text = textAt(paging, ['PgNb'], place) ?? '';
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
}
