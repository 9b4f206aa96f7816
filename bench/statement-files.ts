import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

export type BenchFormat = 'camt' | 'mt940';

const DAY = '2026-11-20';
const ENTRIES_PER_WRITE = 2_000;

/** Writes a statement of `entries` credits of R1.00, as a bank would, and answers its path. */
export async function writeStatementFile(
  path: string,
  format: BenchFormat,
  entries: number,
): Promise<void> {
  const out = createWriteStream(path);
  const write = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(format === 'camt' ? camtHead(entries) : mt940Head());
  for (let from = 0; from < entries; from += ENTRIES_PER_WRITE) {
    const count = Math.min(ENTRIES_PER_WRITE, entries - from);
    const text = Array.from({ length: count }, (_, index) =>
      format === 'camt' ? camtEntry(from + index) : mt940Entry(from + index),
    );
    await write(text.join(''));
  }
  await write(format === 'camt' ? '</Stmt></BkToCstmrStmt></Document>\n' : mt940End(entries));
  out.end();
  await once(out, 'close');
}

const referenceOf = (index: number) => `CUS${String(10_000_000 + (index % 80_000_000))}`;

function camtHead(entries: number): string {
  const balance = (code: string, amount: string) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="ZAR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${DAY}</Dt></Dt></Bal>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>BENCH</MsgId><CreDtTm>${DAY}T23:00:00</CreDtTm></GrpHdr>
<Stmt><Id>BENCH</Id><CreDtTm>${DAY}T23:00:00</CreDtTm><Acct><Id><Othr><Id>62000000001</Id></Othr></Id><Ccy>ZAR</Ccy></Acct>
${balance('OPBD', '0.00')}${balance('CLBD', `${entries}.00`)}
`;
}

function camtEntry(index: number): string {
  return `<Ntry><Amt Ccy="ZAR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${DAY}</Dt></BookgDt><ValDt><Dt>${DAY}</Dt></ValDt><AcctSvcrRef>FT${index}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E${index}</EndToEndId></Refs><RltdPties><Dbtr><Nm>CUSTOMER ${index}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>${referenceOf(index)}</Ustrd></RmtInf></TxDtls></NtryDtls><AddtlNtryInf>PAYSHAP CREDIT</AddtlNtryInf></Ntry>
`;
}

function mt940Head(): string {
  return ':20:BENCH\n:25:62000000001\n:28C:1/1\n:60F:C261120ZAR0,00\n';
}

/** Field 86 in the four ways that banks write it, by turns. */
function mt940Entry(index: number): string {
  return `:61:2611201120C1,00NTRFNONREF//FT${index}\n:86:${mt940Text(index)}\n`;
}

function mt940Text(index: number): string {
  const reference = referenceOf(index);
  switch (index % 4) {
    case 0:
      return `PAYSHAP CREDIT ${reference} CUSTOMER ${index}`;
    case 1:
      return `166?00CREDIT?109310?20${reference}?21INVOICE ${index}\n?30FIRNZAJJ?3162000${index}?32CUSTOMER ${index}`;
    case 2:
      return `/EREF/E2E${index}/BENM//NAME/CUSTOMER ${index}\n/REMI/${reference}/ISDT/2026-11-20`;
    default:
      return `EREF+E2E${index}\nSVWZ+${reference} INVOICE ${index}\nABWA+CUSTOMER ${index}`;
  }
}

function mt940End(entries: number): string {
  return `:62F:C261120ZAR${entries},00\n-\n`;
}
