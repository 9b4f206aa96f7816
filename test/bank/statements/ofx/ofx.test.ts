import { describe, expect, it } from 'vitest';
import { failureOf, parseBytes, parseText } from '../../support/samples.ts';

const HEADER = 'OFXHEADER:100\nDATA:OFXSGML\n\n';

/** A file with one bank statement, of which `inside` is the list of transactions and what else stands there. */
function file(
  inside: string,
  head = '<CURDEF>ZAR<BANKACCTFROM><BANKID>1<ACCTID>42</BANKACCTFROM>',
) {
  return `${HEADER}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>${head}${inside}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n`;
}

const list = (transactions: string, period = '<DTSTART>20260101<DTEND>20260131') =>
  `<BANKTRANLIST>${period}${transactions}</BANKTRANLIST>`;

const transaction = (more: string, amount = '10.00') =>
  `<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260105<TRNAMT>${amount}<FITID>F1${more}</STMTTRN>`;

async function only(text: string, chunkBytes?: number) {
  const read = await parseBytes(Buffer.from(text), {}, chunkBytes);
  const [statement] = read.statements;
  expect(read.statements).toHaveLength(1);
  const line = statement?.lines[0];
  if (statement === undefined || line === undefined) throw new Error('There is no line.');
  return { statement, line, warnings: read.warnings.map(({ code }) => code) };
}

const amountOf = async (amount: string) => {
  const { line } = await only(file(list(transaction('<NAME>A', amount))));
  return (line.direction === 'credit' ? 1n : -1n) * line.amountMinor;
};

describe('an amount in OFX', () => {
  it.each([
    ['+1 006,60', 100_660n],
    ['-1\u00a0234\u00a0567.8', -123_456_780n],
    ["1'006.60", 100_660n],
    ['1.234,56', 123_456n],
    ['1,234.56', 123_456n],
    ['1 000', 100_000n],
    ['-00000000001500.0000', -150_000n],
    ['0,500', 50n],
    ['12,50', 1_250n],
    ['-7', -700n],
  ])('comes from %s', async (text, minor) => {
    expect(await amountOf(text)).toBe(minor);
  });

  it.each(['1,000', '-12,340', '1 00,00', '1 0000', '10.005', '(10.00)', '10.00-', '1\u00000.00'])(
    'fails as %j, which is ambiguous or unreadable',
    async (text) => {
      const error = await failureOf(parseText(file(list(transaction('<NAME>A', text)))));
      expect([error.code, error.details['where']]).toEqual([
        'statement.unreadable',
        'statement 1, entry 1, TRNAMT',
      ]);
    },
  );

  it('takes the currency that its transaction names, unless the bank converted it', async () => {
    const named = '<NAME>A<CURRENCY><CURRATE>18.5<CURSYM>USD</CURRENCY>';
    expect((await only(file(list(transaction(named))))).line.currency).toBe('USD');
    const converted = named.replaceAll('CURRENCY', 'ORIGCURRENCY');
    expect((await only(file(list(transaction(converted))))).line.currency).toBe('ZAR');
    const two = list(transaction(named) + transaction('<NAME>B'));
    expect((await only(file(two))).statement.lines.map(({ currency }) => currency)).toEqual([
      'USD',
      'ZAR',
    ]);
  });

  it.each([
    ['TRNAMT', transaction('<NAME>A<TRNAMT>11.00')],
    ['DTPOSTED', transaction('<NAME>A<DTPOSTED>20260106')],
  ])('fails if its transaction has two values of %s', async (leaf, twice) => {
    const error = await failureOf(parseText(file(list(twice))));
    expect(error.details['where']).toBe(`statement 1, entry 1, ${leaf}`);
  });
});

describe('the OFX reader, on elements,', () => {
  it('accepts CDATA, comments and raw signs, in pieces of any size', async () => {
    const text = file(
      list(
        `<!-- <STMTTRN> not this one </STMTTRN> --><!-- 2 -->${transaction(
          '<NAME><![CDATA[A & B <b> ]]></NAME><MEMO>CUS12345671 < 5 & <3</MEMO>',
        )}`,
      ),
    );
    for (const size of [1, 7, 65_536]) {
      const { line } = await only(text, size);
      expect([line.counterparty.name, line.references]).toEqual([
        'A & B <b>',
        ['CUS12345671 < 5 & <3', 'A & B <b>'],
      ]);
    }
  });

  it.each([
    ['STMTTRN', list(transaction('<NAME>A').replace('</STMTTRN>', '') + transaction('<NAME>B'))],
    ['LEDGERBAL', `${list(transaction(''))}<LEDGERBAL><BALAMT>5.00<DTASOF>20260131`],
    ['BANKTRANLIST', list(transaction('<NAME>A')).replace('</BANKTRANLIST>', '')],
  ])('refuses %s without an end tag, so that nothing is lost in it', async (_, inside) => {
    expect((await failureOf(parseText(file(inside)))).code).toBe('statement.unreadable');
  });

  it('reads a file with comments before its header, and refuses a DOCTYPE there', async () => {
    const xml = file(list(transaction('<NAME>A'))).replace(
      HEADER,
      '<?xml version="1.0"?>\n<!-- made by <b>a bank</b> -->\n<?OFX OFXHEADER="200" VERSION="211"?>\n<!-- and another -->\n',
    );
    expect((await only(xml)).line.amountMinor).toBe(1_000n);
    const failure = await failureOf(parseText(xml.replace('<!-- and another -->', '<!DOCTYPE x>')));
    expect(failure.code).toBe('statement.unreadable');
  });

  it('refuses a text after an end tag', async () => {
    const text = file(list(transaction('<NAME>A</NAME>CUS12345671')));
    expect((await failureOf(parseText(text))).code).toBe('statement.unreadable');
  });

  it('accepts lower case, with a header on one line and a glued first tag', async () => {
    const text = file(list(transaction('<NAME>A')))
      .replace(HEADER, 'OFXHEADER:100 DATA:OFXSGML VERSION:102 ')
      .replaceAll(/<[^>]+>/g, (tag) => tag.toLowerCase());
    expect((await only(text)).line.amountMinor).toBe(1_000n);
  });

  it('refuses too much text before the elements without a header', async () => {
    const text = file(list(transaction(''))).replace(HEADER, `OFXHEADER:100\n${'x'.repeat(5_000)}`);
    for (const size of [7, 65_536]) {
      expect((await failureOf(parseBytes(Buffer.from(text), {}, size))).details['where']).toBe(
        'header',
      );
    }
  });
});

describe('the OFX reader, on texts,', () => {
  it('removes control characters, with a warning', async () => {
    const { line, warnings } = await only(
      file(list(transaction('\u0000<NAME>A\u0001<MEMO>CUS1234\u00005671&#0;&#xD800;'))),
    );
    expect([line.bankId, line.references, line.text]).toEqual([
      'F1',
      ['CUS12345671', 'A'],
      'A CUS12345671',
    ]);
    expect(warnings).toEqual(['control_characters']);
  });

  it('names the payer even if PAYEE has no elements', async () => {
    const { line } = await only(file(list(transaction('<PAYEE>ANNA</PAYEE><MEMO>TOP UP</MEMO>'))));
    expect([line.counterparty.name, line.references]).toEqual(['ANNA', ['TOP UP', 'ANNA']]);
  });

  it('names the payer and the account even if these are separate elements', async () => {
    const { line } = await only(
      file(
        list(
          transaction(
            '<PAYEE><NAME>ANNA<ADDR1>X</PAYEE><BANKACCTTO><BANKID>9<ACCTID>77</BANKACCTTO><EXTDNAME>ANNA B<MEMO>TOP UP',
          ),
        ),
      ),
    );
    expect(line.counterparty).toEqual({ name: 'ANNA', account: '77' });
    expect(line.references).toEqual(['TOP UP', 'ANNA', 'ANNA B']);
  });
});

describe('a transaction in OFX that is no new movement', () => {
  it.each(['<CORRECTFITID>F1<CORRECTACTION>REPLACE', '<CORRECTFITID>F0'])(
    'still counts as new if it names itself or no action: %s',
    async (correction) => {
      const { line, warnings } = await only(file(list(transaction(`${correction}<NAME>A`))));
      expect([line.status, warnings]).toEqual(['booked', []]);
    },
  );

  it.each(['REPLACE', 'DELETE'])('counts as pending if it is to %s another', async (action) => {
    const { line, warnings } = await only(
      file(list(transaction(`<CORRECTFITID>F0<CORRECTACTION>${action}<NAME>A`))),
    );
    expect([line.status, warnings]).toEqual(['pending', ['entry_corrects']]);
  });

  it('stays pending while it is on hold', async () => {
    const text = file(list(transaction('<NAME>A').replace('CREDIT', 'HOLD')));
    expect((await only(text)).line.status).toBe('pending');
  });
});

describe('a statement in OFX', () => {
  it.each([
    ['<BALAMT>R$ 5.326,43', 532_643n, []],
    ['<BALAMT>-12.50', -1_250n, []],
    ['<BALAMT></BALAMT>', null, ['balance_blank']],
    ['<BALAMT>', null, ['balance_blank']],
  ])('closes with %s', async (balance, minor, codes) => {
    const closing = `<LEDGERBAL>${balance}<DTASOF>20260131</LEDGERBAL>`;
    const { statement, warnings } = await only(file(list(transaction('<NAME>A')) + closing));
    expect([statement.closingMinor, warnings]).toEqual([minor, codes]);
  });

  it('fails if its balance is not an amount', async () => {
    const closing = '<LEDGERBAL><BALAMT>?<DTASOF>20260131</LEDGERBAL>';
    const error = await failureOf(parseText(file(list(transaction('<NAME>A')) + closing)));
    expect(error.details['where']).toBe('statement 1, LEDGERBAL');
  });

  it('gets a warning and no account if it names none', async () => {
    const { statement, warnings } = await only(file(list(transaction('<NAME>A')), '<CURDEF>ZAR'));
    expect([statement.account, warnings]).toEqual(['', ['account_absent']]);
  });

  it('ends like an account statement even as a card statement', async () => {
    const text = file(list(transaction('<NAME>A')))
      .replace('<STMTRS>', '<CCSTMTRS>')
      .replaceAll('BANKACCTFROM', 'CCACCTFROM')
      .replace('<OFX>', '<OFX >');
    expect((await only(text)).statement.account).toBe('42');
  });

  it('covers no complete day, with a warning, if its period is not a date', async () => {
    const { statement, warnings } = await only(
      file(list(transaction('<NAME>A'), '<DTSTART>010126<DTEND>20260131')),
    );
    expect([statement.completeDays, warnings]).toEqual([null, ['period_unreadable']]);
  });

  it('covers no complete day if it has two lists with different periods', async () => {
    const one = transaction('<NAME>A');
    const same = file(list(one) + list(one));
    expect((await only(same)).statement.completeDays).toEqual({
      from: '2026-01-01',
      to: '2026-01-30',
    });
    const other = file(list(one) + list(one, '<DTSTART>20260301<DTEND>20260331'));
    expect((await only(other)).statement.completeDays).toBeNull();
  });

  it('ignores a value date of zeros', async () => {
    const { line } = await only(
      file(list(transaction('<DTAVAIL>00000000<DTUSER>20260104<NAME>A'))),
    );
    expect(line.valueDate).toBe('2026-01-04');
  });

  it.each([
    [
      'no currency',
      '<CURDEF></CURDEF><BANKACCTFROM><ACCTID>42</BANKACCTFROM>',
      'statement 1, CURDEF',
    ],
    [
      'a control character in its account',
      '<CURDEF>ZAR<BANKACCTFROM><ACCTID>4\u00012</BANKACCTFROM>',
      'statement 1, ACCTID',
    ],
    [
      'two accounts',
      '<CURDEF>ZAR<BANKACCTFROM><ACCTID>42</BANKACCTFROM><BANKACCTFROM><ACCTID>43</BANKACCTFROM>',
      'statement 1, ACCTID',
    ],
  ])('fails with %s', async (_, head, where) => {
    const error = await failureOf(parseText(file(list(transaction('<NAME>A')), head)));
    expect([error.code, error.details['where']]).toEqual(['statement.unreadable', where]);
  });
});
