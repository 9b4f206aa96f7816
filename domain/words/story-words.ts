import { printLocalTime } from '../local-date.ts';
import { parseCurrency, ZAR } from '../money/money.ts';
import { printMinor, printRand } from '../money/money-text.ts';

/** A posting of the ledger: debit above zero, credit below, as digits. */
export interface StoryPosting {
  readonly account: string;
  readonly unit: string;
  readonly amount: string;
}

/** Whoever made a change, as the audit trail names them. */
export interface StoryActor {
  readonly kind: 'person' | 'service' | 'workflow' | 'system';
  readonly keyId: string | null;
  readonly person: string | null;
  readonly login: string;
}

/** Prints an amount in any currency; rand as `R1,234.56`. */
export function printAmount(minor: bigint, currency: string): string {
  return currency === ZAR
    ? printRand(minor)
    : `${currency} ${printMinor(minor, parseCurrency(currency))}`;
}

/** `1 credit`, `3 credits`. */
function printCredits(count: bigint): string {
  return `${count.toString()} ${count === 1n ? 'credit' : 'credits'}`;
}

/** Describes the effect of one journal in a sentence without a full stop. An unknown kind is printed by its name. */
export function journalInWords(journal: {
  readonly kind: string;
  readonly decisionId: string | null;
  readonly walletCode: string | null;
  readonly postings: readonly StoryPosting[];
}): string {
  const sum = (account: string, unit?: string) =>
    journal.postings
      .filter((posting) => posting.account === account && (unit ?? posting.unit) === posting.unit)
      .reduce((total, posting) => total + BigInt(posting.amount), 0n);
  const currency = journal.postings.find(({ unit }) => unit !== 'CREDIT')?.unit ?? ZAR;
  const money = (minor: bigint) => printAmount(minor < 0n ? -minor : minor, currency);
  const credits = sum('wallet_credits');
  const wallet = journal.walletCode ?? 'nobody';
  switch (journal.kind) {
    case 'capture':
      return `${money(sum('bank'))} put in suspense until its owner is known`;
    case 'credit':
      return `${money(sum('suspense'))} credited to ${wallet}: ${printCredits(-credits)}${owedPart(sum('wallet_receivable'), money)}`;
    case 'return':
      return `${money(sum('suspense'))} set aside to be paid back to its payer`;
    case 'return_paid':
      return `${money(sum('return_payable'))} paid back: the payment stands on the statement`;
    case 'dismiss':
      return `${money(sum('suspense'))} booked as no deposit`;
    case 'reversal':
      return journal.walletCode === null
        ? `${money(sum('suspense'))} taken back by the bank before anybody had it`
        : `${money(sum('bank_other'))} taken back by the bank from ${wallet}: ${printCredits(credits)}${owedPart(sum('wallet_receivable'), money)}`;
    case 'void':
      if (journal.decisionId === null)
        return `${money(sum('bank'))} taken off the books: another line stands for this money`;
      return journal.walletCode === null
        ? `${money(sum('bank'))} taken off the books before anybody had it, since the bank shows the line no more`
        : `${money(sum('bank'))} taken back from ${wallet}, since the bank shows the line no more: ${printCredits(credits)}${owedPart(sum('wallet_receivable'), money)}`;
    case 'restore':
      return `${money(sum('bank'))} put in suspense again: the bank shows the line again`;
    case 'correction':
      return `${money(sum('suspense'))} taken back from ${wallet}: ${printCredits(credits)}${owedPart(sum('wallet_receivable'), money)}`;
    default:
      return `Posted as ${journal.kind}: ${journal.postings
        .map(({ account, unit, amount }) => `${account} ${amount} ${unit}`)
        .join(', ')}`;
  }
}

/** A wallet's debt grows by a debit and shrinks by a credit. */
function owedPart(owed: bigint, money: (minor: bigint) => string): string {
  if (owed === 0n) return '';
  return owed > 0n
    ? `, and ${money(owed)} that it owes now`
    : `, after ${money(owed)} that it owed`;
}

/** Names the person, service or system behind a change. */
export function actorInWords(actor: StoryActor): string {
  switch (actor.kind) {
    case 'person':
      return actor.person ?? actor.keyId ?? 'a person';
    case 'service':
      return `the service with key ${actor.keyId ?? '?'}`;
    case 'workflow':
      return 'Purser';
    case 'system':
      return `an operator (database login ${actor.login})`;
  }
}

type Image = Readonly<Record<string, unknown>> | null;

/** Fields that mean nothing to a reader; other lines of the story say them in words. */
const LEFT_OUT = new Set(['deposit.wallet_id', 'review.remind_at']);

/** Describes a change in a sentence without a full stop: `Deposit: state captured → credited`. */
export function changeInWords(
  action: string,
  before: Image,
  after: Image,
  timeZone: string,
): string {
  const [subject = '', happened = ''] = action.split('.');
  if (subject === 'credit_hold') return holdInWords(before, after);
  const label = capital(subject.replaceAll('_', ' '));
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
    .filter(
      (field) => !LEFT_OUT.has(`${subject}.${field}`) && !isSame(before?.[field], after?.[field]),
    )
    .map((field) => {
      const name = field.replaceAll('_', ' ');
      return before === null
        ? `${name} ${show(after?.[field], timeZone)}`
        : `${name} ${show(before[field], timeZone)} → ${show(after?.[field], timeZone)}`;
    });
  const verb = happened === 'changed' ? '' : ` ${happened.replaceAll('_', ' ')}`;
  return fields.length === 0 ? `${label}${verb}` : `${label}${verb}: ${fields.join(', ')}`;
}

/** A hold begins with its amount and ends with an outcome; both are plain facts of its row. */
function holdInWords(before: Image, after: Image): string {
  const outcome = after?.['outcome'];
  if (before !== null && typeof outcome === 'string')
    return HOLD_ENDS.get(outcome) ?? `Its credits wait no longer (${outcome})`;
  const held = after?.['held_minor'];
  const minor = typeof held === 'string' && /^\d+$/.test(held) ? BigInt(held) : 0n;
  const until =
    after?.['reason'] === 'unconfirmed'
      ? 'until a read of the account shows the line, which only a webhook has shown'
      : 'since the bank shows the line no more, until it returns or people decide';
  return minor === 0n
    ? `All of it can be spent, though only a webhook has shown the line`
    : `${printRand(minor)} of it cannot be spent ${until}`;
}

const HOLD_ENDS = new Map([
  ['confirmed', 'All of it can be spent: a read of the account has shown the line'],
  ['restored', 'All of it can be spent again: the bank shows the line again'],
  ['decided', 'All of it can be spent: the case about its line was closed'],
  ['undone', 'Nothing of it waits any longer: the credit was taken back or moved'],
]);

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function show(value: unknown, timeZone: string): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value !== 'string') return JSON.stringify(value);
  if (INSTANT.test(value)) return printLocalTime(value, timeZone);
  return /^[a-z_]+$/.test(value) ? value.replaceAll('_', ' ') : value;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
