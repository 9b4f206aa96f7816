/** An entry of a camt.053: a booked credit unless it says otherwise. */
export interface CamtEntry {
  readonly amount: string;
  readonly reference?: string;
  readonly id?: string;
  readonly day?: string;
  readonly debit?: boolean;
}

const balance = (code: string, amount: string, day: string) =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="ZAR">${amount}</Amt>` +
  `<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;

function entry({ amount, reference, id, day = '2026-11-20', debit = false }: CamtEntry): string {
  const direction = debit ? 'DBIT' : 'CRDT';
  const details =
    reference === undefined
      ? ''
      : `<NtryDtls><TxDtls><RmtInf><Ustrd>${reference}</Ustrd></RmtInf></TxDtls></NtryDtls>`;
  return (
    `<Ntry><Amt Ccy="ZAR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts>BOOK</Sts>` +
    `<BookgDt><Dt>${day}</Dt></BookgDt>${id === undefined ? '' : `<AcctSvcrRef>${id}</AcctSvcrRef>`}` +
    `${details}<AddtlNtryInf>PAYSHAP CREDIT</AddtlNtryInf></Ntry>`
  );
}

/** One statement of one day, opening at R100.00 and closing at `closing`; `null` leaves the balances out. */
export function camt053(
  entries: readonly CamtEntry[],
  closing: string | null,
  given: { readonly account?: string; readonly day?: string; readonly head?: string } = {},
): Uint8Array {
  const day = given.day ?? '2026-11-20';
  const balances =
    closing === null ? '' : balance('OPBD', '100.00', day) + balance('CLBD', closing, day);
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>${day}T23:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id>${given.head ?? ''}<Acct><Id><Othr><Id>${given.account ?? '62000000001'}</Id></Othr></Id><Ccy>ZAR</Ccy></Acct>
${balances}${entries.map(entry).join('\n')}</Stmt></BkToCstmrStmt></Document>`,
  );
}
