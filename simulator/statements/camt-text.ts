import type { StatementRow } from '../line.ts';
import { decimalText } from '../money-text.ts';
import type { AccountStatement } from './account-statement.ts';

const NAMES = { '052': ['BkToCstmrAcctRpt', 'Rpt'], '053': ['BkToCstmrStmt', 'Stmt'] } as const;

/** A camt.052 or camt.053, version 6, with one entry for each line. */
export function camtText(
  kind: keyof typeof NAMES,
  statement: AccountStatement,
  messageId = 'SIMULATOR-1',
): string {
  const [root, item] = NAMES[kind];
  const { accountId, from, to } = statement;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.${kind}.001.06"><${root}>`,
    `<GrpHdr><MsgId>${escapeXml(messageId)}</MsgId><CreDtTm>${to}T23:59:59</CreDtTm></GrpHdr>`,
    `<${item}><Id>${escapeXml(messageId)}</Id><CreDtTm>${to}T23:59:59</CreDtTm>`,
    `<FrToDt><FrDtTm>${from}T00:00:00</FrDtTm><ToDtTm>${to}T23:59:59</ToDtTm></FrToDt>`,
    `<Acct><Id><Othr><Id>${escapeXml(accountId)}</Id></Othr></Id><Ccy>ZAR</Ccy></Acct>`,
    balance('OPBD', statement.openingMinor, from),
    balance('CLBD', statement.closingMinor, to),
    ...statement.rows.map(entry),
    `</${item}></${root}></Document>`,
    '',
  ].join('\n');
}

function balance(code: 'OPBD' | 'CLBD', minor: bigint, day: string): string {
  const amount = decimalText(minor < 0n ? -minor : minor);
  return (
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="ZAR">${amount}</Amt>` +
    `<CdtDbtInd>${minor < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`
  );
}

function entry({ line }: StatementRow): string {
  const id = line.id.trim() === '' ? '' : `<AcctSvcrRef>${escapeXml(line.id)}</AcctSvcrRef>`;
  const reference =
    line.reference === '' ? '' : `<RmtInf><Ustrd>${escapeXml(line.reference)}</Ustrd></RmtInf>`;
  return (
    `<Ntry><Amt Ccy="ZAR">${decimalText(line.amountMinor)}</Amt>` +
    `<CdtDbtInd>${line.direction === 'credit' ? 'CRDT' : 'DBIT'}</CdtDbtInd>` +
    `<Sts><Cd>${line.status === 'booked' ? 'BOOK' : 'PDNG'}</Cd></Sts>` +
    `<BookgDt><Dt>${line.bookingDate}</Dt></BookgDt><ValDt><Dt>${line.bookingDate}</Dt></ValDt>${id}` +
    `<NtryDtls><TxDtls>${reference}</TxDtls></NtryDtls>` +
    `<AddtlNtryInf>${escapeXml(line.description)}</AddtlNtryInf></Ntry>`
  );
}

/** XML cannot express most control characters: a bank omits them. */
function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
