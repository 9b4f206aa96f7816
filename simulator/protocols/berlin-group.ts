import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, sendSpoilt } from '../answer.ts';
import { isDay } from '../calendar.ts';
import { jsonArray, jsonObject } from '../json-text.ts';
import type { StatementRow } from '../line.ts';
import { decimalText, numberLiteral } from '../money-text.ts';
import type { Options } from '../options.ts';
import { cutPage, nextPageUrl, readPage } from '../paging.ts';
import { hasBearer, sameSecret } from '../secrets.ts';
import type { Simulation } from '../simulation.ts';
import { statementOf } from '../statements/account-statement.ts';
import { camtText } from '../statements/camt-text.ts';
import { mt940Text } from '../statements/mt940-text.ts';
import { signed } from './json-dialects.ts';

const BASE = '/berlin-group/v1/accounts';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Berlin Group: booked and pending rows, with such banks' amount styles, or a statement file instead. */
export function addBerlinGroupProtocol(app: FastifyInstance, simulation: Simulation): void {
  const { bank, faults, options, settings, stopping } = simulation;

  app.get<Account>(`${BASE}/:id/balances`, async (request, reply) => {
    const refusal = refuse(request, reply, simulation);
    if (refusal !== null) return refusal;
    return sendSpoilt(reply, faults.take('other', 1), balancesText(simulation), stopping);
  });

  app.get<Account>(`${BASE}/:id/transactions`, async (request, reply) => {
    const refusal = refuse(request, reply, simulation);
    if (refusal !== null) return refusal;
    const query = new URL(request.url, 'http://bank').searchParams;
    const [from, to] = [query.get('dateFrom') ?? '', query.get('dateTo') ?? ''];
    const page = readPage(query.get('page'));
    if (page === null || !isDay(from) || !isDay(to) || from > to) {
      return sendProblem(reply, 400, 'dateFrom, dateTo or page is invalid.');
    }
    const fault = faults.take('rows', page);
    const { pageSize, berlinBody } = options.current();
    if (berlinBody !== 'json') {
      const statement = statementOf(bank, settings.accountId, { from, to });
      const file = berlinBody === 'camt052' ? camtText('052', statement) : mt940Text(statement);
      const type = berlinBody === 'camt052' ? 'application/xml' : 'text/plain; charset=utf-8';
      return sendSpoilt(reply, fault, file, stopping, type);
    }
    const cut = cutPage(bank.statement(from, to), page, pageSize, fault);
    const next = nextPageUrl(request, cut);
    return sendSpoilt(
      reply,
      fault,
      answer(settings.accountId, cut.rows, next, options.current()),
      stopping,
    );
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
  if (!isAdmitted(request, settings.apiKey)) return sendProblem(reply, 401, 'No such consent.');
  if (!UUID.test(headerOf(request, 'x-request-id'))) {
    return sendProblem(reply, 400, 'X-Request-ID must be a UUID.');
  }
  return request.params.id === settings.accountId
    ? null
    : sendProblem(reply, 403, 'No consent for this account.');
}

/** Booked and expected balance; the expected one includes pending lines. */
function balancesText({ bank, settings, options }: Simulation): string {
  const booked = bank.balanceMinor();
  const pending = bank.lines().filter(({ status }) => status === 'pending');
  const expected = pending.reduce((sum, line) => sum + signed(line), booked);
  const one = (type: string, minor: bigint) =>
    jsonObject([
      ['balanceType', type],
      ['balanceAmount', moneyText(minor, options.current())],
      ['referenceDate', JSON.stringify(bank.today())],
    ]);
  return jsonObject([
    ['account', jsonObject([['iban', JSON.stringify(settings.accountId)]])],
    ['balances', jsonArray([one('"expected"', expected), one('"interimBooked"', booked)])],
  ]);
}

function moneyText(minor: bigint, { amountsAsNumbers }: Options): string {
  return jsonObject([
    ['currency', '"ZAR"'],
    ['amount', amountsAsNumbers ? numberLiteral(minor) : JSON.stringify(decimalText(minor))],
  ]);
}

/** `consentId:token`, or a token alone. */
function isAdmitted(request: FastifyRequest, apiKey: string): boolean {
  const colon = apiKey.indexOf(':');
  const consentId = colon === -1 ? '' : apiKey.slice(0, colon);
  return (
    hasBearer(request.headers.authorization, apiKey.slice(colon + 1)) &&
    sameSecret(headerOf(request, 'consent-id'), consentId)
  );
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

function answer(
  accountId: string,
  rows: readonly StatementRow[],
  next: string | null,
  options: Options,
): string {
  const listed = (status: 'booked' | 'pending') =>
    jsonArray(
      rows.filter(({ line }) => line.status === status).map((row) => rowText(row, options)),
    );
  const links = jsonObject([['next', jsonObject([['href', JSON.stringify(next)]])]]);
  return jsonObject([
    ['account', jsonObject([['iban', JSON.stringify(accountId)]])],
    [
      'transactions',
      jsonObject([
        ['booked', listed('booked')],
        ['pending', listed('pending')],
        ...(next === null ? [] : [['_links', links] as const]),
      ]),
    ],
  ]);
}

function rowText({ line, balanceMinor }: StatementRow, options: Options): string {
  const money = (minor: bigint) => moneyText(minor, options);
  const isSigned = options.berlinAmounts === 'signed';
  const other = line.direction === 'credit' ? 'debtor' : 'creditor';
  const party = [
    [`${other}Name`, '"ANOTHER PARTY"'],
    [`${other}Account`, jsonObject([['iban', '"ZA00ANOTHER"']])],
  ] as const;
  const date = JSON.stringify(line.bookingDate);
  return jsonObject([
    ['transactionId', JSON.stringify(line.id)],
    ...(line.status === 'booked' ? [['bookingDate', date] as const] : []),
    ['valueDate', date],
    ['transactionAmount', money(isSigned ? signed(line) : line.amountMinor)],
    ...(isSigned ? [] : party),
    ['remittanceInformationUnstructured', JSON.stringify(line.reference)],
    ['proprietaryBankTransactionCode', JSON.stringify(line.description)],
    ...(balanceMinor === null
      ? []
      : [
          [
            'balanceAfterTransaction',
            jsonObject([['balanceAmount', money(balanceMinor)]]),
          ] as const,
        ]),
  ]);
}
