import type { FastifyInstance } from 'fastify';
import { sendProblem, sendSpoilt } from '../answer.ts';
import { isDay } from '../calendar.ts';
import { cutPage, nextPageUrl, readPage } from '../paging.ts';
import { hasBearer } from '../secrets.ts';
import type { Simulation } from '../simulation.ts';
import { JSON_DIALECTS } from './json-dialects.ts';

/**
 * The plain protocol: one list of rows by account and days, both included, newest first, in the dialect of one of several
 * banks.
 */
export function addJsonProtocol(app: FastifyInstance, simulation: Simulation): void {
  const { bank, faults, options, settings, stopping } = simulation;
  let reads = 0;

  app.get('/transactions', async (request, reply) => {
    const { pageSize, amountsAsNumbers, idsStable, jsonDialect } = options.current();
    const dialect = JSON_DIALECTS[jsonDialect];
    const { parameters } = dialect;
    const query = new URL(request.url, 'http://bank').searchParams;
    const page = readPage(query.get(parameters.page));
    const from = query.get(parameters.from) ?? '';
    const to = query.get(parameters.to) ?? '';
    const account = query.get(parameters.account);
    if (!hasBearer(request.headers.authorization, settings.apiKey)) {
      return sendProblem(reply, 401, 'Invalid key.');
    }
    if (page === null) return sendProblem(reply, 400, `${parameters.page} must be 1 or more.`);
    if (!isDay(from) || !isDay(to) || from > to) {
      const { from: first, to: last } = parameters;
      return sendProblem(reply, 400, `${first} and ${last} must be days, YYYY-MM-DD, in order.`);
    }
    if (account === null) return sendProblem(reply, 400, `${parameters.account} is missing.`);
    if (account !== settings.accountId) return sendProblem(reply, 404, 'No such account.');

    if (page === 1) reads += 1;
    const suffix = idsStable ? '' : `-${reads}`;
    const fault = faults.take('rows', page);
    const cut = cutPage(bank.statement(from, to), page, pageSize, fault);
    const rows = cut.rows.map((row) =>
      dialect.row(row, { id: `${row.line.id}${suffix}`, amountsAsNumbers }),
    );
    const next = nextPageUrl(request, cut, parameters.page);
    return sendSpoilt(reply, fault, dialect.answer(rows, cut, next), stopping);
  });
}
