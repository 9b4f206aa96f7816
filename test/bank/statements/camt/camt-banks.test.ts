import { describe, expect, it } from 'vitest';
import { statementFileToJson } from '../../../../bank/statements/to-json.ts';
import { entryOf, ISO, lineOf } from '../../support/camt-entry.ts';
import { failureOf, parseBytes, parseText, readSample } from '../../support/samples.ts';

describe('the camt reader, on versions,', () => {
  it.each(['02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '13', '14'])(
    'recognises a file by its content: 001.%s',
    async (version) => {
      const text = (await readSample('single.xml')).replace('001.02', `001.${version}`);
      expect((await parseText(text)).statements).toMatchObject([{ proof: 'ok' }]);
    },
  );

  it.each([
    'ISO:camt.053.001.02:APC:STUZZA:payments:003',
    'urn:swift:xsd:camt.053.001.02',
    'urn:swift:xsd:$camt.053.001.02',
  ])("accepts banks' own namespaces: %s", async (namespace) => {
    const text = (await readSample('single.xml')).replace(`${ISO}camt.053.001.02`, namespace);
    expect(await parseText(text)).toMatchObject({
      format: 'camt.053',
      statements: [{ proof: 'ok' }],
    });
  });

  it.each([
    `${ISO}camt.053.002.02`,
    `${ISO}camt.053.001.01`,
    `${ISO}camt.060.001.05`,
    `${ISO}other.053.001.02`,
    `${ISO}camt.053.001.02.evil`,
    '',
  ])('refuses any other namespace: %s', async (namespace) => {
    const text = (await readSample('single.xml')).replace(`${ISO}camt.053.001.02`, namespace);
    expect((await failureOf(parseText(text))).code).toBe('statement.unknown_format');
  });

  const HEAD =
    '<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>1</BizMsgIdr></AppHdr>';

  it.each([
    ['the ISO envelope with its header', '<BizMsgEnvlp>', HEAD, '</BizMsgEnvlp>'],
    [
      'the header of a file',
      '<Xchg xmlns="urn:iso:std:iso:20022:tech:xsd:head.002.001.01"><PyldDesc/><Pyld>',
      HEAD,
      '</Pyld></Xchg>',
    ],
    ['SWIFT’s envelope', '<RequestPayload>', HEAD, '</RequestPayload>'],
    [
      'SOAP',
      '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>',
      '',
      '</s:Body></s:Envelope>',
    ],
  ])('reads the message inside %s as it does alone', async (_, before, head, after) => {
    const alone = await readSample('single.xml');
    const wrapped = alone
      .replace('<Document', `${before}${head}<Document`)
      .replace('</Document>', `</Document>${after}`);
    expect(await parseText(wrapped)).toEqual(await parseText(alone));
  });

  it.each([
    ['has no message', () => '<BizMsgEnvlp><AppHdr/></BizMsgEnvlp>', 'statement.unknown_format'],
    ['is no known one', (text: string) => `<Bank>${text}</Bank>`, 'statement.unknown_format'],
    [
      'holds two messages',
      (text: string) => `<Documents>${text}${text}</Documents>`,
      'statement.unreadable',
    ],
    ['is cut behind the message', (text: string) => `<BizMsgEnvlp>${text}`, 'statement.incomplete'],
    [
      'encloses another message',
      (text: string) => `<BizMsgEnvlp>${text.replace('camt.053', 'pain.001')}</BizMsgEnvlp>`,
      'statement.unknown_format',
    ],
  ])('refuses an envelope that %s', async (_, wrap, code) => {
    const text = (await readSample('single.xml')).replace(/<\?xml[^>]*\?>\s*/, '');
    expect((await failureOf(parseText(wrap(text)))).code).toBe(code);
  });

  it('compares a sum with a sign without it, and says so', async () => {
    const text = await readSample('single.xml');
    const plain = await parseText(text);
    const signed = await parseText(text.replace('<Sum>250<', '<Sum>-250<'));
    expect(signed.statements).toEqual(plain.statements);
    expect(signed.warnings.map(({ code }) => code)).toEqual(['totals_signed']);
  });
});

describe('the camt reader, on encodings,', () => {
  const declared = async (encoding: string, name: string) =>
    (await readSample('single.xml')).replace('UTF-8', encoding).replace('A Payer', name);
  const nameIn = async (bytes: Uint8Array) =>
    (await parseBytes(bytes)).statements[0]?.lines[0]?.counterparty.name;

  it.each([
    ['utf-8', 'Zoë', Buffer.from('Zoë')],
    ['UTF8', 'Zoë', Buffer.from('Zoë')],
    ['US-ASCII', 'Zoe', Buffer.from('Zoe')],
    ['iso-8859-1', 'Zoë', Buffer.from('Zoë', 'latin1')],
    ['ISO-8859-15', 'Zoë €', Buffer.from('Zoë \u00a4', 'latin1')],
    ['windows-1252', 'Zoë €', Buffer.from('Zoë \u0080', 'latin1')],
  ])('follows the declaration: %s', async (encoding, name, bytes) => {
    const text = await declared(encoding, '@');
    const [head = '', tail = ''] = text.split('@');

    expect(await nameIn(Buffer.concat([Buffer.from(head), bytes, Buffer.from(tail)]))).toBe(name);
  });

  it('refuses a declaration that the bytes or the byte order mark contradict', async () => {
    const broken = Buffer.from(await declared('US-ASCII', 'Zoë'), 'latin1');
    const doubtful = Buffer.from(`\uFEFF${await declared('windows-1252', 'Zoe')}`);

    expect((await failureOf(parseBytes(broken))).details).toEqual({ where: 'file' });
    expect((await failureOf(parseBytes(doubtful))).details).toEqual({ where: 'XML declaration' });
  });
});

describe('the camt reader, on dates, totals and marks,', () => {
  it.each([
    '<Dt>2026-11-20</Dt>',
    '<Dt>2026-11-20Z</Dt>',
    '<Dt>2026-11-20+02:00</Dt>',
    '<Dt>2026-11-20T00:00:00</Dt>',
    '<DtTm>2026-11-20T23:59:59.9999999+02:00</DtTm>',
    '<DtTm>2026-11-20T23:59+0200</DtTm>',
    '<DtTm>2026-11-20T24:00:00Z</DtTm>',
  ])('reads the day as written: %s', async (day) => {
    const line = await lineOf(entryOf('').replace('<Dt>2026-11-20</Dt>', day));
    expect(line.bookingDate).toBe('2026-11-20');
  });

  it.each(['2026-11-31', '20261120', '2026-11-20T25:00:00', '20.11.2026', '2026-11-20 10:00:00'])(
    'refuses an impossible day: %s',
    async (day) => {
      const text = entryOf('').replace('2026-11-20', day);
      expect((await failureOf(parseText(text))).details).toEqual({
        where: 'statement 1, entry 1, BookgDt',
      });
    },
  );

  it.each([
    ['<TtlNetNtryAmt>250</TtlNetNtryAmt>', 'ok'],
    ['<TtlNetNtryAmt>251</TtlNetNtryAmt>', 'failed'],
    ['<TtlNetNtryAmt>250</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd>', 'ok'],
    ['<TtlNetNtryAmt>250</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd>', 'failed'],
    ['<TtlNetNtry><Amt>250</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry>', 'ok'],
  ])('compares a net total with the entries, also without its mark: %s', async (net, proof) => {
    const text = (await readSample('single.xml')).replace('</TtlNtries>', `${net}</TtlNtries>`);
    expect((await parseText(text)).statements[0]?.proof).toBe(proof);
  });

  it.each(['SPS/2.1/TEST', 'TEST', 'Test'])(
    'warns that a file marked %s is a test',
    async (mark) => {
      const text = entryOf('').replace('</GrpHdr>', `<AddtlInf>${mark}</AddtlInf></GrpHdr>`);
      expect((await parseText(text)).warnings).toMatchObject([
        { code: 'statement_test', where: 'statement 1' },
      ]);
    },
  );

  it.each([
    ['after a statement', '</Stmt>', '</Stmt><GrpHdr/>'],
    ['twice', '</GrpHdr>', '</GrpHdr><GrpHdr/>'],
  ])('refuses a group header %s, where it would come too late', async (_n, from, to) => {
    const error = await failureOf(parseText(entryOf('').replace(from, to)));
    expect(error.details).toEqual({ where: 'GrpHdr' });
  });

  it.each(['SPS/2.1/PROD', 'PRODUCTIVE', 'EODY', 'TESTING LTD'])(
    'never takes a file marked %s for a test',
    async (mark) => {
      const text = entryOf('').replace('</GrpHdr>', `<AddtlInf>${mark}</AddtlInf></GrpHdr>`);
      expect((await parseText(text)).warnings).toEqual([]);
    },
  );

  it.each([
    ['<ValDt><Dt>2026-11-19</Dt></ValDt>', '<CreDtTm>2026-11-21T06:00:00</CreDtTm>', '2026-11-19'],
    ['', '<CreDtTm>2026-11-21T06:00:00</CreDtTm>', '2026-11-21'],
    ['', '', '2026-11-22'],
  ])(
    'replaces a missing booking date by the nearest date, with a warning: %s %s',
    async (valueDate, created, day) => {
      const text = entryOf('')
        .replace('<BookgDt><Dt>2026-11-20</Dt></BookgDt>', valueDate)
        .replace('</GrpHdr>', '<CreDtTm>2026-11-22T06:00:00</CreDtTm></GrpHdr>')
        .replace('<Id>S</Id>', `<Id>S</Id>${created}`);

      const file = await parseText(text);

      expect(file.statements[0]?.lines[0]?.bookingDate).toBe(day);
      expect(file.warnings).toMatchObject([{ code: 'booking_date_absent' }]);
    },
  );

  it.each([
    ['00:00:01', '23:59:59', true],
    ['00:00:59', '23:59:00', true],
    ['00:01:00', '23:59:59', false],
    ['00:00:00', '23:58:59', false],
    ['00:00:00', '00:00:00', true],
    ['00:00:01', '00:00:00', false],
  ])(
    'marks a day complete that the period covers to the minute: %s to %s',
    async (from, to, is) => {
      const period = `<FrToDt><FrDtTm>2026-11-20T${from}</FrDtTm><ToDtTm>2026-11-20T${to}+02:00</ToDtTm></FrToDt>`;
      const text = (await readSample('single.xml')).replace('<Acct>', `${period}<Acct>`);

      expect((await parseText(text)).statements[0]?.completeDays).toEqual(
        is ? { from: '2026-11-20', to: '2026-11-20' } : null,
      );
    },
  );

  it('takes the currency of an empty statement from any of its balances', async () => {
    const text = (await readSample('single.xml'))
      .replace('<Ccy>ZAR</Ccy>', '')
      .replace(/<Ntry>[^]*<\/Ntry>|<TxsSummry>.*<\/TxsSummry>/g, '')
      .replaceAll(/<Cd>(?:OP|CL)BD</g, '<Cd>OPAV<');

    expect((await parseText(text)).statements).toMatchObject([{ currency: 'ZAR', lines: [] }]);
  });

  it('prints null for a booking date that the file does not state', async () => {
    const text = entryOf('').replace('BookgDt><Dt', 'ValDt><Dt').replace('</BookgDt', '</ValDt');
    expect(statementFileToJson(await parseText(text))).toMatchObject({
      statements: [{ lines: [{ bookingDate: null, valueDate: '2026-11-20' }] }],
    });
  });
});
