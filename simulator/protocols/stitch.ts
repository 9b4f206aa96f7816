import type { FastifyInstance } from 'fastify';
import { sendProblem, sendSpoilt } from '../answer.ts';
import { jsonArray, jsonObject } from '../json-text.ts';
import type { StatementRow } from '../line.ts';
import { decimalText } from '../money-text.ts';
import { cutPage } from '../paging.ts';
import { sameSecret } from '../secrets.ts';
import type { Simulation } from '../simulation.ts';
import { signed } from './json-dialects.ts';
import { createTokenDesk, type TokenDesk } from './token-desk.ts';

const FIRST_DAY = '1900-01-01';
const LAST_DAY = '2999-12-31';

interface Question {
  readonly query: string;
  readonly accountId: string;
  readonly first: number;
  /** The page that the cursor leads to, from 1. */
  readonly page: number;
}

/**
 * Stitch: a form request for a token, then GraphQL with Relay paging, newest first. It shows only booked lines and takes no
 * days.
 */
export function addStitchProtocol(app: FastifyInstance, simulation: Simulation): void {
  const desk = createTokenDesk(simulation, 'stitch');
  addToken(app, simulation, desk);
  addGraphql(app, simulation, desk);
}

function addToken(app: FastifyInstance, simulation: Simulation, desk: TokenDesk): void {
  const { settings, faults, stopping } = simulation;
  const [client = '', secret = '', ...rest] = settings.apiKey.split(':');
  app.post('/connect/token', async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const isKnown =
      rest.length === 0 &&
      secret !== '' &&
      form.get('grant_type') === 'client_credentials' &&
      sameSecret(form.get('client_id') ?? '', client) &&
      sameSecret(form.get('client_secret') ?? '', secret);
    if (!isKnown) return sendProblem(reply, 401, 'invalid_client');
    return sendSpoilt(reply, faults.take('token', 1), desk.issue(), stopping);
  });
}

function addGraphql(app: FastifyInstance, simulation: Simulation, desk: TokenDesk): void {
  const { settings, bank, faults, options, stopping } = simulation;
  app.post('/graphql', async (request, reply) => {
    if (!desk.isAllowed(request)) return sendProblem(reply, 401, 'Invalid or expired token.');
    if (isAboutBalance(request.body, settings.accountId)) {
      const node = jsonObject([
        ['id', JSON.stringify(settings.accountId)],
        ['currentBalance', moneyText(bank.balanceMinor())],
      ]);
      const text = jsonObject([['data', jsonObject([['node', node]])]]);
      return sendSpoilt(reply, faults.take('other', 1), text, stopping);
    }
    const question = readQuestion(request.body);
    if (question === null) {
      return sendSpoilt(reply, null, '{"data":null,"errors":[{"message":"Bad query."}]}', stopping);
    }
    const fault = faults.take('rows', question.page);
    if (question.accountId !== settings.accountId) {
      return sendSpoilt(reply, fault, '{"data":{"node":null}}', stopping);
    }
    const rows = bank.statement(FIRST_DAY, LAST_DAY).filter(({ line }) => line.status === 'booked');
    const pageSize = Math.min(question.first, options.current().pageSize);
    const cut = cutPage(rows, question.page, pageSize, fault);
    const end = cursorOf(question.page + 1);
    const list = jsonObject([
      [
        'pageInfo',
        jsonObject([
          ['hasNextPage', String(question.page < cut.pages)],
          ['endCursor', JSON.stringify(end)],
        ]),
      ],
      ['edges', jsonArray(cut.rows.map((row) => edgeText(row, end)))],
    ]);
    const node = jsonObject([
      ['id', JSON.stringify(settings.accountId)],
      ['transactions', list],
    ]);
    const text = jsonObject([['data', jsonObject([['node', node]])]]);
    return sendSpoilt(reply, fault, text, stopping);
  });
}

const cursorOf = (page: number) => Buffer.from(`page ${page}`).toString('base64');

function isAboutBalance(body: unknown, accountId: string): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { query, variables } = body as { query?: unknown; variables?: unknown };
  if (typeof query !== 'string' || !query.includes('currentBalance')) return false;
  return (
    typeof variables === 'object' &&
    variables !== null &&
    'accountId' in variables &&
    variables.accountId === accountId
  );
}

function moneyText(minor: bigint): string {
  return jsonObject([
    ['quantity', JSON.stringify(decimalText(minor))],
    ['currency', '"ZAR"'],
  ]);
}

/** Null for any other kind of query. */
function readQuestion(body: unknown): Question | null {
  if (typeof body !== 'object' || body === null) return null;
  const { query, variables } = body as { query?: unknown; variables?: unknown };
  if (typeof query !== 'string' || !query.includes('transactions')) return null;
  if (typeof variables !== 'object' || variables === null) return null;
  const { accountId, first, after } = variables as Readonly<Record<string, unknown>>;
  if (typeof accountId !== 'string' || typeof first !== 'number' || first < 1) return null;
  if (after === null || after === undefined) return { query, accountId, first, page: 1 };
  const place =
    typeof after === 'string'
      ? /^page ([1-9][0-9]{0,5})$/.exec(Buffer.from(after, 'base64').toString())
      : null;
  return place === null ? null : { query, accountId, first, page: Number(place[1]) };
}

function edgeText({ line, balanceMinor }: StatementRow, cursor: string): string {
  const node = jsonObject([
    ['id', JSON.stringify(line.id)],
    ['amount', moneyText(signed(line))],
    ['date', JSON.stringify(`${line.bookingDate}T00:00:00.000Z`)],
    ['reference', JSON.stringify(line.reference)],
    ['description', JSON.stringify(line.description)],
    ['runningBalance', balanceMinor === null ? 'null' : moneyText(balanceMinor)],
  ]);
  return jsonObject([
    ['cursor', JSON.stringify(cursor)],
    ['node', node],
  ]);
}
