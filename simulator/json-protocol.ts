import type { FastifyInstance } from 'fastify';
import { sendProblem, sendSpoilt } from './answer.ts';
import { isDay } from './calendar.ts';
import { jsonArray, jsonObject } from './json-text.ts';
import type { StatementRow } from './line.ts';
import { decimalText, numberLiteral } from './money-text.ts';
import { cutPage, readPage } from './paging.ts';
import { hasBearer } from './secrets.ts';
import type { Simulation } from './simulation.ts';
import { transactionFields } from './transaction-text.ts';

/** The plain protocol: `GET /transactions?accountId=&from=&to=&page=`, both days included, newest first. */
export function addJsonProtocol(app: FastifyInstance, simulation: Simulation): void {
  const { bank, faults, options, settings, stopping } = simulation;
  let reads = 0;

  app.get('/transactions', async (request, reply) => {
    const query = new URL(request.url, 'http://bank').searchParams;
    const page = readPage(query.get('page'));
    const from = query.get('from') ?? '';
    const to = query.get('to') ?? '';
    if (!hasBearer(request.headers.authorization, settings.apiKey)) {
      return sendProblem(reply, 401, 'Invalid key.');
    }
    if (page === null) return sendProblem(reply, 400, 'page must be 1 or more.');
    if (!isDay(from) || !isDay(to) || from > to) {
      return sendProblem(reply, 400, 'from and to must be days, YYYY-MM-DD, from first.');
    }
    if (!query.has('accountId')) return sendProblem(reply, 400, 'accountId is missing.');
    if (query.get('accountId') !== settings.accountId) {
      return sendProblem(reply, 404, 'No such account.');
    }

    const { pageSize, amountsAsNumbers, idsStable } = options.current();
    if (page === 1) reads += 1;
    const suffix = idsStable ? '' : `-${reads}`;
    const fault = faults.take('rows', page);
    const cut = cutPage(bank.statement(from, to), page, pageSize, fault);
    const rows = cut.rows.map((row) => transactionText(row, amountsAsNumbers, suffix));
    const text = jsonObject([
      ['transactions', jsonArray(rows)],
      ['page', cut.page.toString()],
      ['pages', cut.pages.toString()],
    ]);
    return sendSpoilt(reply, fault, text, stopping);
  });
}

function transactionText(row: StatementRow, amountsAsNumbers: boolean, suffix: string): string {
  const money = (minor: bigint) =>
    amountsAsNumbers ? numberLiteral(minor) : JSON.stringify(decimalText(minor));
  const { line, balanceMinor } = row;
  return jsonObject([
    ...transactionFields(line, `${line.id}${suffix}`, money(line.amountMinor)),
    ...(balanceMinor === null ? [] : [['balance', money(balanceMinor)] as const]),
  ]);
}
