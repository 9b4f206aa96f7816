import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { addDays, type LocalDate } from '../domain/local-date.ts';

export type BenchFormat = 'camt' | 'mt940';

const ENTRIES_PER_WRITE = 2_000;

/** Content of a file: credits of R1.00 over `days` days up to `lastDay`, the same number each day. */
export interface BenchStatement {
  readonly entries: number;
  readonly days: number;
  readonly lastDay: LocalDate;
  readonly referenceOf: (index: number) => string;
}

/** Writes a statement as a bank would. */
export async function writeStatementFile(
  path: string,
  format: BenchFormat,
  statement: BenchStatement,
): Promise<void> {
  const { entries, days, lastDay } = statement;
  const dayOf = (index: number) =>
    addDays(lastDay, Math.floor((index * days) / entries) - days + 1);
  const entryOf = (index: number) =>
    format === 'camt'
      ? camtEntry(index, dayOf(index), statement.referenceOf(index))
      : mt940Entry(index, dayOf(index), statement.referenceOf(index));
  const out = createWriteStream(path);
  const write = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(format === 'camt' ? camtHead(entries, dayOf(0), lastDay) : mt940Head(dayOf(0)));
  for (let from = 0; from < entries; from += ENTRIES_PER_WRITE) {
    const count = Math.min(ENTRIES_PER_WRITE, entries - from);
    const text = Array.from({ length: count }, (_, index) => entryOf(from + index));
    await write(text.join(''));
  }
  await write(
    format === 'camt' ? '</Stmt></BkToCstmrStmt></Document>\n' : mt940End(entries, lastDay),
  );
  out.end();
  await once(out, 'close');
}

function camtHead(entries: number, firstDay: LocalDate, lastDay: LocalDate): string {
  const balance = (code: string, amount: string, day: LocalDate) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="ZAR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>BENCH</MsgId><CreDtTm>${lastDay}T23:00:00</CreDtTm></GrpHdr>
<Stmt><Id>BENCH</Id><CreDtTm>${lastDay}T23:00:00</CreDtTm><Acct><Id><Othr><Id>62000000001</Id></Othr></Id><Ccy>ZAR</Ccy></Acct>
${balance('OPBD', '0.00', firstDay)}${balance('CLBD', `${entries}.00`, lastDay)}
`;
}

function camtEntry(index: number, day: LocalDate, reference: string): string {
  return `<Ntry><Amt Ccy="ZAR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt><AcctSvcrRef>FT${index}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E${index}</EndToEndId></Refs><RltdPties><Dbtr><Nm>CUSTOMER ${index}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>${reference}</Ustrd></RmtInf></TxDtls></NtryDtls><AddtlNtryInf>PAYSHAP CREDIT</AddtlNtryInf></Ntry>
`;
}

function mt940Head(firstDay: LocalDate): string {
  return `:20:BENCH\n:25:62000000001\n:28C:1/1\n:60F:C${shortDay(firstDay)}ZAR0,00\n`;
}

/** Field 86 in the four ways that banks write it, in rotation. */
function mt940Entry(index: number, day: LocalDate, reference: string): string {
  const value = shortDay(day);
  return `:61:${value}${value.slice(2)}C1,00NTRFNONREF//FT${index}\n:86:${mt940Text(index, reference)}\n`;
}

function mt940Text(index: number, reference: string): string {
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

function mt940End(entries: number, lastDay: LocalDate): string {
  return `:62F:C${shortDay(lastDay)}ZAR${entries},00\n-\n`;
}

/** `261120` */
function shortDay(day: LocalDate): string {
  return day.slice(2).replaceAll('-', '');
}
