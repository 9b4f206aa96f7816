import type { StatementDetail, StatementLine } from '../../../domain/line/statement.ts';
import { parseText } from './samples.ts';

export const ISO = 'urn:iso:std:iso:20022:tech:xsd:';

/** One booked credit of R250.00 whose parts are `details`. */
export function entryOf(details: string, more = ''): string {
  return `<Document xmlns="${ISO}camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S</Id>
<Acct><Id><Othr><Id>62000000001</Id></Othr></Id><Ccy>ZAR</Ccy></Acct><Ntry><Amt Ccy="ZAR">250.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls>${details}</NtryDtls>${more}</Ntry></Stmt></BkToCstmrStmt></Document>`;
}

export async function lineOf(text: string): Promise<StatementLine> {
  const [line] = (await parseText(text)).statements[0]?.lines ?? [];
  if (line === undefined) throw new Error('No line.');
  return line;
}

export async function detailOf(details: string): Promise<StatementDetail> {
  const [detail] = (await lineOf(entryOf(details))).details;
  if (detail === undefined) throw new Error('No detail.');
  return detail;
}
