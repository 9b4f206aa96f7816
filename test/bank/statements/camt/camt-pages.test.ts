import { describe, expect, it } from 'vitest';
import { failureOf, parseText } from '../../support/samples.ts';

interface Page {
  readonly number: string;
  readonly last: boolean;
  /** `OPBD 0` */
  readonly balances: readonly string[];
  /** Amounts of credits. */
  readonly entries: readonly string[];
  readonly id?: string;
  readonly account?: string;
  readonly currency?: string;
  readonly more?: string;
}

const PAGES: readonly [Page, Page, Page] = [
  { number: '1', last: false, balances: ['OPBD 100', 'ITBD 130'], entries: ['10', '20'] },
  { number: '2', last: false, balances: ['ITBD 130', 'ITBD 170'], entries: ['40'] },
  { number: '3', last: true, balances: ['ITBD 170', 'CLBD 250'], entries: ['80'] },
];

function pageOf(page: Page): string {
  const currency = page.currency ?? 'ZAR';
  const balances = page.balances.map((balance) => {
    const [code = '', amount = ''] = balance.split(' ');
    return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>`;
  });
  const entries = page.entries.map(
    (amount) =>
      `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt></Ntry>`,
  );
  return `<Stmt><Id>${page.id ?? 'S1'}</Id><StmtPgntn><PgNb>${page.number}</PgNb><LastPgInd>${page.last}</LastPgInd></StmtPgntn>
<Acct><Id><Othr><Id>${page.account ?? '62000000001'}</Id></Othr></Id><Ccy>${currency}</Ccy></Acct>
${balances.join('')}${page.more ?? ''}${entries.join('')}</Stmt>`;
}

function fileOf(pages: readonly Page[], more = ''): string {
  return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>
${pages.map(pageOf).join('\n')}${more}</BkToCstmrStmt></Document>`;
}

describe('the camt reader, on pages of a statement,', () => {
  it('makes one statement of all pages in one file, proved from the first balance to the last', async () => {
    const file = await parseText(fileOf(PAGES));

    expect(file.warnings).toEqual([]);
    expect(file.statements).toMatchObject([
      {
        statementId: 'S1',
        openingMinor: 10_000n,
        closingMinor: 25_000n,
        proof: 'ok',
        differenceMinor: 0n,
        completeDays: { from: '2026-11-20', to: '2026-11-20' },
      },
    ]);
    expect(file.statements[0]?.lines.map((line) => [line.position, line.amountMinor])).toEqual([
      ['statement 1, entry 1', 1_000n],
      ['statement 1, entry 2', 2_000n],
      ['statement 1, entry 3', 4_000n],
      ['statement 1, entry 4', 8_000n],
    ]);
  });

  it('accepts another statement after the pages, with or without its own pages', async () => {
    const other = PAGES.map((page) => ({ ...page, id: 'S2', account: '62000000002' }));
    const alone: Page = { ...PAGES[0], number: '1', last: true, id: 'S3', balances: [] };

    const file = await parseText(fileOf([...PAGES, ...other, alone]));

    expect(file.statements.map(({ statementId, lines }) => [statementId, lines.length])).toEqual([
      ['S1', 4],
      ['S2', 4],
      ['S3', 2],
    ]);
    expect(file.statements[2]?.lines[0]?.position).toBe('statement 3, entry 1');
  });

  const [one, two, three] = PAGES;
  it.each([
    ['the last page is missing', [one, two]],
    ['the first page is missing', [two, three]],
    ['a page between is missing', [one, three]],
    ['a page stands there twice', [one, two, two, three]],
    ['they stand in another order', [two, one, three]],
    ['a page is of another account', [one, { ...two, account: '62000000002' }, three]],
    ['a page is of another statement', [one, { ...two, id: 'S2' }, three]],
    ['a page has no number', [one, { ...two, number: '' }, three]],
    ['another statement begins before the last page', [one, { ...one, id: 'S2', last: true }, two]],
  ])('refuses the pages as incomplete when %s', async (_name, pages) => {
    const error = await failureOf(parseText(fileOf(pages)));

    expect(error.code).toBe('statement.incomplete');
    expect(error.message).toContain('this file lacks the others');
    expect(error.details['where']).toEqual(expect.stringContaining('statement 1'));
  });

  it('fails the proof if the balances of two pages do not meet', async () => {
    const file = await parseText(
      fileOf([one, { ...two, balances: ['ITBD 131', 'ITBD 170'] }, three]),
    );

    expect(file.statements).toMatchObject([{ proof: 'failed', differenceMinor: 0n }]);
    expect(file.warnings).toMatchObject([{ code: 'totals_differ', where: 'statement 1' }]);
  });

  it('accepts totals of the page or of the whole, and fails the proof with any other', async () => {
    const summary = (count: number) =>
      `<TxsSummry><TtlNtries><NbOfNtries>${count}</NbOfNtries></TtlNtries></TxsSummry>`;
    const proofs = [1, 4, 3].map(async (count) => {
      const file = await parseText(fileOf([one, { ...two, more: summary(count) }, three]));
      return file.statements[0]?.proof;
    });

    expect(await Promise.all(proofs)).toEqual(['ok', 'ok', 'failed']);
  });

  it('treats all pages as a copy if one of them is', async () => {
    const copy = { ...three, more: '<CpyDplctInd>COPY</CpyDplctInd>' };

    const file = await parseText(fileOf([one, two, copy]));

    expect(file.statements[0]?.completeDays).toBeNull();
    expect(file.warnings).toMatchObject([{ code: 'statement_copy', where: 'statement 1' }]);
  });

  it('expects one currency of all pages, and marks no day complete if they state two periods', async () => {
    const period = (day: string) => `<FrToDt><FrDt>${day}</FrDt><ToDt>${day}</ToDt></FrToDt>`;
    const periods = [
      { ...one, more: period('2026-11-20') },
      two,
      { ...three, more: period('2026-11-21') },
    ];

    expect((await parseText(fileOf(periods))).statements[0]?.completeDays).toBeNull();
    const error = await failureOf(parseText(fileOf([one, { ...two, currency: 'EUR' }, three])));
    expect(error.details).toEqual({ where: 'statement 1, Acct, Ccy' });
  });

  it('makes one report of the pages of an intraday report', async () => {
    const text = fileOf(PAGES.map((page) => ({ ...page, balances: [] })))
      .replace('camt.053', 'camt.052')
      .replaceAll('BkToCstmrStmt', 'BkToCstmrAcctRpt')
      .replaceAll(/(<\/?)Stmt>/g, '$1Rpt>')
      .replaceAll('StmtPgntn', 'RptPgntn');

    const file = await parseText(text);

    expect(file.format).toBe('camt.052');
    expect(file.statements).toMatchObject([{ proof: 'absent', lines: { length: 4 } }]);
  });

  it('never reads the pages as a complete file after a cut at any byte', async () => {
    const bytes = fileOf(PAGES);
    for (let length = 0; length < bytes.length - 1; length += 7)
      expect((await failureOf(parseText(bytes.slice(0, length)))).code).toMatch(/^statement\./);
  });
});
