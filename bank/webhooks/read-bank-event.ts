import { CodedError } from '../../domain/errors.ts';
import { addDays, localDateIn } from '../../domain/local-date.ts';
import type { Currency } from '../../domain/money/money.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import { field, requiredText, unknownFields, type Refuse } from '../json/fields.ts';
import { isJsonObject, parseJsonBytes } from '../json/json-text.ts';
import { DEFAULT_FIELD_MAP, type JsonFieldMap } from '../json/field-map.ts';
import { jsonRowReader, knownRowFields } from '../json/json-row.ts';
import { readRowOrRefuse } from '../json/read-row.ts';

/** A row, and the names of fields that nobody reads. */
interface EventRow {
  readonly sighting: Sighting;
  readonly unknownFields: readonly string[];
}

type BankEvent =
  /** A booked row: a partial sighting, since it shows one line and not a whole day. */
  | ({ readonly kind: 'line' } & EventRow)
  /** The bank announces the reversal of this line. It moves no money: the next read brings the reversing line. */
  | ({ readonly kind: 'reversal' } & EventRow)
  /** Something happened: the next read shows what. */
  | { readonly kind: 'pointer' };

export type WebhookTrust = 'credit' | 'hint';

interface EventAccount {
  /** The account's id at the bank. */
  readonly accountId: string;
  readonly currency: Currency;
  readonly timeZone: string;
  /** The field map of this account; the default wire format if null. */
  readonly fieldMap: JsonFieldMap | null;
  /** `hint`: an event only triggers a read; its content is ignored. */
  readonly trust: WebhookTrust;
  /** `refuse`: a field that nobody knows refuses the body. */
  readonly unknownFields: 'record' | 'refuse';
}

const ENVELOPE = new Set(['type', 'accountId', 'transaction']);

/** Events that carry a row, and their meaning. */
const ROW_EVENTS = { 'transaction.booked': 'line', 'transaction.reversed': 'reversal' } as const;

/**
 * Reads a verified webhook body. `transaction.booked` and `transaction.reversed` with a transaction are read exactly or
 * refused; the poll then finds the row. Events of any other type only start a read: only their account is used, and the
 * inbox keeps their bytes. Where events are hints, any JSON object starts a read. A row that is not booked contradicts its
 * event, and so does a booking day later than tomorrow.
 * @throws CodedError `webhook.unreadable`; `details.reason` is `account_mismatch` for another account of the bank.
 */
export function readBankEvent(
  rawBody: Buffer,
  account: EventAccount,
  now: Date = new Date(),
): BankEvent {
  const outcome = parseJsonBytes(rawBody);
  if (!outcome.ok) throw refuse(outcome.why);
  const body = outcome.value;
  if (!isJsonObject(body)) throw refuse('it is not an object');
  if (account.trust === 'hint') return { kind: 'pointer' };
  const type = requiredText(body, 'type', refuse);
  if (!/^[a-z0-9_.-]{1,100}$/i.test(type)) throw refuse('type is not the name of an event');
  if (requiredText(body, 'accountId', refuse) !== account.accountId) throw refuseAccount();
  const row = field(body, 'transaction');
  if (!isRowEvent(type) || row === undefined || row === null) return { kind: 'pointer' };

  const map = account.fieldMap ?? DEFAULT_FIELD_MAP;
  const unknown = [
    ...unknownFields(body, ENVELOPE),
    ...(isJsonObject(row) ? unknownFields(row, knownRowFields(map)) : []),
  ];
  if (account.unknownFields === 'refuse' && unknown.length > 0) {
    throw refuse(`it has unknown fields: ${unknown.slice(0, 5).join(', ')}`);
  }
  const reader = jsonRowReader(map, {
    accountId: account.accountId,
    currency: account.currency,
    timeZone: account.timeZone,
    position: 'transaction',
    onIgnored: () => undefined,
  });
  const sighting = readRowOrRefuse(row, reader, refuse);
  if (sighting?.status !== 'booked')
    throw refuse('transaction: it is not booked, which contradicts the event');
  // Some banks book late payments on the next day.
  if (sighting.bookingDate > addDays(localDateIn(now, account.timeZone), 1)) {
    throw refuse('transaction: its booking date is in the future');
  }
  return { kind: ROW_EVENTS[type], sighting, unknownFields: unknown };
}

function isRowEvent(type: string): type is keyof typeof ROW_EVENTS {
  return Object.hasOwn(ROW_EVENTS, type);
}

const refuse: Refuse = (why) =>
  new CodedError('webhook.unreadable', `The webhook body is invalid: ${why}.`, {
    details: { reason: 'body' },
  });

function refuseAccount(): CodedError {
  return new CodedError('webhook.unreadable', 'The webhook body names another account.', {
    details: { reason: 'account_mismatch' },
  });
}
