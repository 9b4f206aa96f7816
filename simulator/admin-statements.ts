import type { FastifyInstance } from 'fastify';
import { sendProblem } from './answer.ts';
import { addDays, isDay } from './calendar.ts';
import type { Simulation } from './simulation.ts';
import { statementOf, type AccountStatement } from './statements/account-statement.ts';
import { camtText } from './statements/camt-text.ts';
import { mt940Text } from './statements/mt940-text.ts';
import { fnbHistoryText, ofxText } from './statements/other-texts.ts';

const FORMATS: ReadonlyMap<string, (statement: AccountStatement, messageId?: string) => string> =
  new Map([
    ['camt.053', (statement, messageId) => camtText('053', statement, messageId)],
    ['mt940', mt940Text],
    ['ofx', (statement) => ofxText(statement)],
    ['csv.fnb-history', (statement) => fnbHistoryText(statement)],
  ]);

/** `GET /admin/statement?format&from&to&messageId`: the account's statement as a file; by default the week up to today. */
export function addAdminStatements(admin: FastifyInstance, { bank, settings }: Simulation): void {
  admin.get('/statement', async (request, reply) => {
    const query = new URL(request.url, 'http://bank').searchParams;
    const write = FORMATS.get(query.get('format') ?? '');
    const to = query.get('to') ?? bank.today();
    const from = query.get('from') ?? addDays(to, -6);
    if (write === undefined || !isDay(from) || !isDay(to) || from > to) {
      const known = [...FORMATS.keys()].join(', ');
      return sendProblem(reply, 400, `Send a format of ${known}, and days YYYY-MM-DD in order.`);
    }
    const statement = statementOf(bank, settings.accountId, { from, to });
    const text = write(statement, query.get('messageId') ?? undefined);
    return reply.header('content-type', 'application/octet-stream').send(Buffer.from(text));
  });
}
