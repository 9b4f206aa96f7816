import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, sendSpoilt } from '../answer.ts';
import { isDay, offsetAt } from '../calendar.ts';
import { jsonArray, jsonObject } from '../json-text.ts';
import type { StatementRow } from '../line.ts';
import { decimalText } from '../money-text.ts';
import { cutPage, nextPageUrl, readPage } from '../paging.ts';
import { hasBearer } from '../secrets.ts';
import type { Simulation } from '../simulation.ts';

const BASE = '/open-banking/v3.1/aisp/accounts';

/** Open Banking UK 3.1: transactions of one account, paged by `Links.Next`. Days are the bank's, both included. */
export function addOpenBankingUkProtocol(app: FastifyInstance, simulation: Simulation): void {
  const { bank, faults, options, settings, stopping } = simulation;

  app.get<Account>(`${BASE}/:id/balances`, async (request, reply) => {
    const refusal = refuse(request, reply, simulation);
    if (refusal !== null) return refusal;
    const text = jsonObject([['Data', jsonObject([['Balance', balanceList(simulation)]])]]);
    return sendSpoilt(reply, faults.take('other', 1), text, stopping);
  });

  app.get<Account>(`${BASE}/:id/transactions`, async (request, reply) => {
    const refusal = refuse(request, reply, simulation);
    if (refusal !== null) return refusal;
    const query = new URL(request.url, 'http://bank').searchParams;
    const from = (query.get('fromBookingDateTime') ?? '').slice(0, 10);
    const to = (query.get('toBookingDateTime') ?? '').slice(0, 10);
    const page = readPage(query.get('page'));
    if (page === null || !isDay(from) || !isDay(to) || from > to) {
      return sendProblem(reply, 400, 'The booking dates or the page are invalid.');
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

interface Account {
  Params: { id: string };
}

/** Sends the refusal for this request; returns null if it may continue. */
function refuse(
  request: FastifyRequest<Account>,
  reply: FastifyReply,
  { settings }: Simulation,
): FastifyReply | null {
  if (!hasBearer(request.headers.authorization, settings.apiKey)) {
    return sendProblem(reply, 401, 'Invalid token.');
  }
  return request.params.id === settings.accountId
    ? null
    : sendProblem(reply, 403, 'No consent for this account.');
}

/** The booked balance, and the balance available with the credit line. */
function balanceList({ bank, settings }: Simulation): string {
  const CREDIT_LINE = 500_000n;
  const minor = bank.balanceMinor();
  const one = (type: string, shown: bigint, more: readonly (readonly [string, string])[]) =>
    jsonObject([
      ['AccountId', JSON.stringify(settings.accountId)],
      ['Amount', money(shown < 0n ? -shown : shown)],
      ['CreditDebitIndicator', side(shown >= 0n)],
      ['Type', type],
      ['DateTime', JSON.stringify(`${bank.today()}T00:00:00+00:00`)],
      ...more,
    ]);
  const line = jsonObject([
    ['Included', 'true'],
    ['Type', '"Pre-Agreed"'],
    ['Amount', money(CREDIT_LINE)],
  ]);
  return jsonArray([
    one('"InterimAvailable"', minor + CREDIT_LINE, [['CreditLine', jsonArray([line])]]),
    one('"InterimBooked"', minor, []),
  ]);
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
