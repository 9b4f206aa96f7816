import { describe, expect, it } from 'vitest';
import { statementFileToJson } from '../../../bank/statements/to-json.ts';
import { parseText, readSample } from '../support/samples.ts';

describe('a statement file as JSON', () => {
  it('shows minor units as decimal strings, signed balances and null for what is absent', async () => {
    const json = statementFileToJson(await parseText(await readSample('reversal.xml')));

    expect(JSON.parse(JSON.stringify(json))).toEqual({
      format: 'camt.053',
      statements: [
        {
          account: 'NL02BANK0123456789',
          currency: 'ZAR',
          statementId: 'S3',
          openingMinor: '5000',
          closingMinor: '-2500',
          proof: 'ok',
          differenceMinor: '0',
          lines: [
            {
              amountMinor: '7500',
              direction: 'debit',
              status: 'booked',
              reversal: true,
              bookingDate: '2026-11-20',
              valueDate: null,
              bankId: null,
              reference: 'CUS12345671',
              text: 'CUS12345671',
              counterparty: { name: 'The Payer', account: null },
              details: [
                {
                  amountMinor: null,
                  reference: 'CUS12345671',
                  text: 'CUS12345671',
                  counterparty: { name: 'The Payer', account: null },
                },
              ],
            },
            {
              amountMinor: '1000',
              direction: 'credit',
              status: 'pending',
              reversal: false,
              bookingDate: null,
              valueDate: '2026-11-23',
              bankId: null,
              reference: null,
              text: null,
              counterparty: null,
              details: [],
            },
            {
              amountMinor: '0',
              direction: 'credit',
              status: 'booked',
              reversal: false,
              bookingDate: '2026-11-20',
              valueDate: null,
              bankId: null,
              reference: 'NOTICE',
              text: 'NOTICE',
              counterparty: null,
              details: [],
            },
          ],
        },
      ],
      warnings: [
        {
          code: 'booking_date_absent',
          message: 'The entry has no booking date: another date of the file replaces it.',
          where: 'statement 1, entry 2',
        },
      ],
    });
  });
});
