import { decimalText } from '../money-text.ts';
import { signed } from '../protocols/json-dialects.ts';
import type { AccountStatement } from './account-statement.ts';

const plain = (text: string) => text.replace(/[\u0000-\u001f]/g, '');

/** OFX 1 (SGML); it states only the closing balance. */
export function ofxText({ accountId, from, to, closingMinor, rows }: AccountStatement): string {
  const day = (date: string) => date.replaceAll('-', '');
  const escape = (text: string) =>
    plain(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const entries = rows
    .filter(({ line }) => line.status === 'booked')
    .map(
      ({ line }) =>
        `<STMTTRN><TRNTYPE>${line.direction === 'credit' ? 'CREDIT' : 'DEBIT'}<DTPOSTED>${day(line.bookingDate)}` +
        `<TRNAMT>${decimalText(signed(line))}<FITID>${escape(line.id)}<NAME>${escape(line.description).slice(0, 32)}` +
        `<MEMO>${escape(line.reference)}</STMTTRN>`,
    );
  return [
    'OFXHEADER:100',
    'DATA:OFXSGML',
    'VERSION:102',
    'SECURITY:NONE',
    'ENCODING:UTF-8',
    'CHARSET:NONE',
    'COMPRESSION:NONE',
    'OLDFILEUID:NONE',
    'NEWFILEUID:NONE',
    '',
    '<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>ZAR',
    `<BANKACCTFROM><BANKID>250655<ACCTID>${escape(accountId)}<ACCTTYPE>CHECKING</BANKACCTFROM>`,
    `<BANKTRANLIST><DTSTART>${day(from)}<DTEND>${day(to)}`,
    ...entries,
    '</BANKTRANLIST>',
    `<LEDGERBAL><BALAMT>${decimalText(closingMinor)}<DTASOF>${day(to)}</LEDGERBAL>`,
    '</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>',
    '',
  ].join('\r\n');
}

/** FNB's transaction history, newest first; bank text and reference share one column. */
export function fnbHistoryText({ accountId, closingMinor, rows }: AccountStatement): string {
  const balance = decimalText(closingMinor);
  return [
    'ACCOUNT TRANSACTION HISTORY',
    '',
    'Name:, EXAMPLE TRADING',
    `Account:, ${accountId}, [Business Account]`,
    `Balance:, ${balance}, ${balance}`,
    '',
    'Date, Amount, Balance, Description',
    ...rows.toReversed().flatMap(({ line, balanceMinor }) => {
      if (balanceMinor === null) return [];
      const text = plain(`${line.description} ${line.reference}`).replace(/[",]/g, ' ').trim();
      const date = line.bookingDate.replaceAll('-', '/');
      return [`${date}, ${decimalText(signed(line))}, ${decimalText(balanceMinor)}, ${text}`];
    }),
    '',
  ].join('\n');
}
