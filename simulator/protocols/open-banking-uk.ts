import type { FastifyInstance } from 'fastify';
import { sendProblem, sendSpoilt } from '../answer.ts';
import { isDay, offsetAt } from '../calendar.ts';
import { jsonArray, jsonObject } from '../json-text.ts';
import type { StatementRow } from '../line.ts';
import { decimalText } from '../money-text.ts';
import { cutPage, nextPageUrl, readPage } from '../paging.ts';
import { hasBearer } from '../secrets.ts';
import type { Simulation } from '../simulation.ts';

const BASE = '/open-banking/v3.1/aisp/accounts';

/** Open Banking UK 3.1: transactions of one account, paged by `Links.Next`. Days are those of the bank, both included. */
export function addOpenBankingUkProtocol(app: FastifyInstance, simulation: Simulation): void {
  const { bank, faults, options, settings, stopping } = simulation;

  app.get<{ Params: { id: string } }>(`${BASE}/:id/transactions`, async (request, reply) => {
    if (!hasBearer(request.headers.authorization, settings.apiKey)) {
      return sendProblem(reply, 401, 'Invalid token.');
    }
    if (request.params.id !== settings.accountId) {
      return sendProblem(reply, 403, 'No consent for this account.');
    }
    const query = new URL(request.url, 'http://bank').searchParams;
    const from = (query.get('fromBookingDateTime') ?? '').slice(0, 10);
    const to = (query.get('toBookingDateTime') ?? '').slice(0, 10);
    const page = readPage(query.get('page'));
    if (page === null || !isDay(from) || !isDay(to) || from > to) {
      return sendProblem(reply, 400, 'The booking dates or the page cannot be read.');
    }
    const fault = faults.take('rows', page);
    const cut = cutPage(bank.statement(from, to), page, options.current().pageSize, fault);
    const next = nextPageUrl(request, cut);
    const rows = cut.rows.map((row) => rowText(settings.accountId, row, settings.timeZone));
    const text = jsonObject([
      ['Data', jsonObject([['Transaction', jsonArray(rows)]])],
      [
        'Links',
        jsonObject([
          ['Self', JSON.stringify(request.url)],
          ...(next === null ? [] : [['Next', JSON.stringify(next)] as const]),
        ]),
      ],
      ['Meta', jsonObject([['TotalPages', cut.pages.toString()]])],
    ]);
    return sendSpoilt(reply, fault, text, stopping);
  });
}

function rowText(
  accountId: string,
  { line, balanceMinor }: StatementRow,
  timeZone: string,
): string {
  const day = `${line.bookingDate}T00:00:00`;
  const instant = JSON.stringify(`${day}${offsetAt(new Date(`${day}Z`), timeZone)}`);
  const isBooked = line.status === 'booked';
  const text = (name: string, value: string) =>
    value === '' ? [] : [[name, JSON.stringify(value)] as const];
  return jsonObject([
    ['AccountId', JSON.stringify(accountId)],
    ['TransactionId', JSON.stringify(line.id)],
    ...text('TransactionReference', line.reference),
    ['CreditDebitIndicator', side(line.direction === 'credit')],
    ['Status', isBooked ? '"Booked"' : '"Pending"'],
    ['TransactionMutability', isBooked ? '"Immutable"' : '"Mutable"'],
    ['BookingDateTime', instant],
    ['ValueDateTime', instant],
    ...text('TransactionInformation', line.description),
    ['Amount', money(line.amountMinor)],
    ...(balanceMinor === null ? [] : [['Balance', balance(balanceMinor)] as const]),
  ]);
}

function balance(minor: bigint): string {
  return jsonObject([
    ['Amount', money(minor < 0n ? -minor : minor)],
    ['CreditDebitIndicator', side(minor >= 0n)],
    ['Type', '"InterimBooked"'],
  ]);
}

function money(minor: bigint): string {
  return jsonObject([
    ['Amount', JSON.stringify(decimalText(minor))],
    ['Currency', '"ZAR"'],
  ]);
}

const side = (isCredit: boolean) => (isCredit ? '"Credit"' : '"Debit"');
