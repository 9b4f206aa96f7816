import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, sendSpoilt } from '../answer.ts';
import { addDays, isDay } from '../calendar.ts';
import { investecRow, pendingRow } from './investec-rows.ts';
import { jsonArray, jsonObject } from '../json-text.ts';
import { numberLiteral } from '../money-text.ts';
import { cutPage, readPage } from '../paging.ts';
import { sameSecret } from '../secrets.ts';
import type { Simulation } from '../simulation.ts';
import { createTokenDesk } from './token-desk.ts';

const BASE = '/za/pb/v1/accounts';
type Access = (request: FastifyRequest) => boolean;

/** The shape of Investec's private-bank API: a token, then accounts, balances and transactions. */
export function addInvestecProtocol(app: FastifyInstance, simulation: Simulation): void {
  const isAllowed = addToken(app, simulation);
  addAccounts(app, simulation, isAllowed);
  addTransactions(app, simulation, isAllowed);
}

function addToken(app: FastifyInstance, simulation: Simulation): Access {
  const { settings, faults, stopping } = simulation;
  const [client, secret, ...rest] = settings.apiKey.split(':');
  const xApiKey = rest.length === 1 ? rest[0] : undefined;
  const basic = Buffer.from(`${client ?? ''}:${secret ?? ''}`).toString('base64');
  const desk = createTokenDesk(simulation, 'investec');

  app.post('/identity/v2/oauth2/token', async (request, reply) => {
    const key = request.headers['x-api-key'];
    const known =
      xApiKey !== undefined &&
      sameSecret(request.headers.authorization ?? '', `Basic ${basic}`) &&
      sameSecret(typeof key === 'string' ? key : '', xApiKey);
    if (!known) return sendProblem(reply, 401, 'Invalid client.');
    const form = request.body;
    if (!(form instanceof URLSearchParams) || form.get('grant_type') !== 'client_credentials') {
      return sendProblem(reply, 400, 'Send a form with grant_type=client_credentials.');
    }
    return sendSpoilt(reply, faults.take('token', 1), desk.issue(), stopping);
  });
  return desk.isAllowed;
}

/** The response in Investec's envelope. */
function envelope(request: FastifyRequest, fields: string, totalPages: number): string {
  const self = `${request.protocol}://${request.host}${request.url}`;
  return jsonObject([
    ['data', fields],
    ['links', jsonObject([['self', JSON.stringify(self)]])],
    ['meta', jsonObject([['totalPages', totalPages.toString()]])],
  ]);
}

/** Sends the refusal for this request; returns null if it may continue. */
function refuse(
  request: FastifyRequest<{ Params: { id?: string } }>,
  reply: FastifyReply,
  simulation: Simulation,
  isAllowed: Access,
): FastifyReply | null {
  if (!isAllowed(request)) return sendProblem(reply, 401, 'Invalid or expired token.');
  const { id } = request.params;
  if (id !== undefined && id !== simulation.settings.accountId) {
    return sendProblem(reply, 403, 'No access to this account.');
  }
  return null;
}

function addAccounts(app: FastifyInstance, simulation: Simulation, isAllowed: Access): void {
  const { settings, bank, faults, stopping } = simulation;
  const accountId = JSON.stringify(settings.accountId);

  app.get<{ Params: { id?: string } }>(BASE, async (request, reply) => {
    const refusal = refuse(request, reply, simulation, isAllowed);
    if (refusal !== null) return refusal;
    const account = jsonObject([
      ['accountId', accountId],
      ['accountNumber', '"10010000001"'],
      ['accountName', '"Example Trading"'],
      ['referenceName', '"Example Trading"'],
      ['productName', '"Private Bank Account"'],
      ['kycCompliant', 'true'],
      ['profileId', '"10001234567890"'],
      ['profileName', '"Example Trading"'],
    ]);
    const text = envelope(request, jsonObject([['accounts', jsonArray([account])]]), 1);
    return sendSpoilt(reply, faults.take('other', 1), text, stopping);
  });

  app.get<{ Params: { id?: string } }>(`${BASE}/:id/balance`, async (request, reply) => {
    const refusal = refuse(request, reply, simulation, isAllowed);
    if (refusal !== null) return refusal;
    const balance = numberLiteral(bank.balanceMinor());
    const fields = jsonObject([
      ['accountId', accountId],
      ['currentBalance', balance],
      ['availableBalance', balance],
      ['budgetBalance', '0'],
      ['straightBalance', '0'],
      ['cashBalance', '0'],
      ['currency', '"ZAR"'],
    ]);
    return sendSpoilt(reply, faults.take('other', 1), envelope(request, fields, 1), stopping);
  });
}

function addTransactions(app: FastifyInstance, simulation: Simulation, isAllowed: Access): void {
  const { settings, bank, options, faults, stopping } = simulation;

  app.get<{ Params: { id?: string } }>(`${BASE}/:id/transactions`, async (request, reply) => {
    const refusal = refuse(request, reply, simulation, isAllowed);
    if (refusal !== null) return refusal;
    const query = new URL(request.url, 'http://bank').searchParams;
    const from = query.get('fromDate') ?? addDays(bank.today(), -180);
    const to = query.get('toDate') ?? bank.today();
    const page = readPage(query.get('page'));
    if (page === null || !isDay(from) || !isDay(to) || from > to) {
      return sendProblem(reply, 400, 'fromDate, toDate or page is invalid.');
    }
    const withPending = query.get('includePending') === 'true';
    const all = bank
      .statement(from, to)
      .filter(({ line }) => withPending || line.status === 'booked');
    const fault = faults.take('rows', page);
    const { pageSize, postedOrder } = options.current();
    const cut = cutPage(all, page, pageSize, fault);
    const rows = cut.rows.map((row) => investecRow(settings.accountId, row, postedOrder));
    const fields = jsonObject([['transactions', jsonArray(rows)]]);
    return sendSpoilt(reply, fault, envelope(request, fields, cut.pages), stopping);
  });

  app.get<{ Params: { id?: string } }>(
    `${BASE}/:id/pending-transactions`,
    async (request, reply) => {
      const refusal = refuse(request, reply, simulation, isAllowed);
      if (refusal !== null) return refusal;
      const rows = bank
        .lines()
        .filter((line) => line.status === 'pending')
        .map((line) => pendingRow(settings.accountId, line));
      const { pendingEnvelope } = options.current();
      const name = pendingEnvelope === 'schema' ? 'PendingTransaction' : 'transactions';
      const fields = jsonObject([[name, jsonArray(rows)]]);
      return sendSpoilt(reply, faults.take('other', 1), envelope(request, fields, 1), stopping);
    },
  );
}
