import type { Command } from 'commander';
import type { z } from 'zod';
import { caseSchema } from '../../api/outputs/line-case.ts';
import { pageOf } from '../../api/schemas/named.ts';
import { ZAR } from '../../domain/money/money.ts';
import { printRand } from '../../domain/money/money-text.ts';
import { askApi } from '../api-client.ts';
import { createTerminal, toJson } from '../terminal.ts';

type Case = z.infer<typeof caseSchema>;

interface ListOptions {
  readonly account?: string;
  readonly all?: true;
  readonly json?: true;
}

/** The most that the API gives at once; if you have more open cases, read them by account. */
const SHOWN_MAX = 200;

const WHAT: Readonly<Record<Case['kind'], string>> = {
  line_vanished: 'reads do not show this line; its credits cannot be spent',
  amount_changed: 'the bank sent its id again with another amount',
  reversal_unpaired: 'a debit that may take a deposit back; say which, or close the case',
  row_unreadable: 'a row of the bank that cannot be read',
};

/** Lines that the bank changed, and your decisions about them, through the API: PURSER_API_KEY identifies you. */
export function addCases(program: Command): void {
  const cases = program
    .command('cases')
    .description(
      'list lines that the bank changed and rows that cannot be read, and decide about them',
    )
    .option('--account <key>', 'only this bank account')
    .option('--all', 'also closed cases')
    .option('--json', 'print one JSON object')
    .action(list);
  cases
    .command('take-back <case>')
    .description('propose to reverse the deposit of a removed line')
    .requiredOption('--reason <text>', 'reason (kept permanently)')
    .action((id: string, { reason }: { readonly reason: string }) =>
      send(id, 'take-back', { reason }),
    );
  cases
    .command('pair <case>')
    .description('propose which deposit an unmatched reversal reverses')
    .requiredOption('--deposit <deposit>', 'the reversed deposit (dep_…)')
    .requiredOption('--reason <text>', 'reason (kept permanently)')
    .action((id: string, given: { readonly deposit: string; readonly reason: string }) =>
      send(id, 'pair', { depositId: given.deposit, reason: given.reason }),
    );
  cases
    .command('close <case>')
    .description('close a case that needs no further action')
    .requiredOption('--note <text>', 'what you found out (kept permanently)')
    .action((id: string, { note }: { readonly note: string }) => send(id, 'close', { note }));
}

async function list(options: ListOptions): Promise<void> {
  const query = new URLSearchParams({ limit: `${SHOWN_MAX}` });
  if (options.account !== undefined) query.set('account', options.account);
  if (options.all) query.set('state', 'all');
  const answer = await askApi({ method: 'GET', path: `/v1/cases?${query.toString()}` });
  const { items, next } = pageOf(caseSchema).parse(JSON.parse(answer));
  const terminal = createTerminal();
  if (options.json) {
    terminal.print(toJson({ shown: items.length, isWhole: next === null, cases: items }));
    return;
  }
  if (items.length === 0) terminal.print(options.all ? 'There are no cases.' : 'No case is open.');
  for (const item of items) terminal.print(printCase(item));
  if (next !== null)
    terminal.print(`Showing the newest ${items.length}; use --account to see the others.`);
}

function printCase(item: Case): string {
  const { row } = item;
  if (row !== null) {
    const day = item.bookingDate === null ? '' : ` of ${item.bookingDate}`;
    const at = row.field === null ? row.position : `${row.position}, ${row.field}`;
    return `${item.id}   ${item.account}   ${at}${day}\n  ${WHAT[item.kind]}: ${row.why}; ${stateOf(item)}\n  ${row.raw}`;
  }
  const amount = item.amount === null ? '' : printAmount(item.amount);
  const deposit =
    item.depositId === null ? '' : `   ${item.depositId} (${item.depositState ?? '?'})`;
  const candidates = item.candidates.map((candidate) => `\n  may be of ${candidate}`).join('');
  return `${item.id}   ${item.account}   ${amount} of ${item.bookingDate ?? '?'}${deposit}\n  ${WHAT[item.kind]}; ${stateOf(item)}${candidates}`;
}

function printAmount({ minor, currency }: NonNullable<Case['amount']>): string {
  return `${printRand(BigInt(minor))}${currency === ZAR ? '' : ` (${currency})`}`;
}

function stateOf(item: Case): string {
  if (item.outcome === null) return `open since ${item.openedAt}`;
  return `${item.outcome}${item.note === null ? '' : `: ${item.note}`}`;
}

async function send(id: string, step: 'take-back' | 'pair' | 'close', body: object): Promise<void> {
  const path = `/v1/cases/${encodeURIComponent(id)}/${step}`;
  createTerminal().print(toJson(JSON.parse(await askApi({ method: 'POST', path, body }))));
}
