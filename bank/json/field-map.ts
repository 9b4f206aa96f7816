import { z } from 'zod';
import { CodedError } from '../../domain/errors.ts';
import { isTimeZone } from '../../domain/local-date.ts';
import { JSON_DATE_FORMATS } from './day.ts';

/** A field's plain name, or a JSON pointer (RFC 6901) to a nested field: `amount`, `/amount/value`. */
const pointer = z.string().min(1).max(200);
const parameter = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/);
const labels = z.array(z.string().min(1)).min(1);
const requestDates = z.enum(['YYYY-MM-DD', 'YYYYMMDD', 'YYYY/MM/DD', 'DD/MM/YYYY', 'DD-MM-YYYY']);

const pagingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** The response counts its pages, and `parameter` selects one. */
  z.strictObject({
    kind: z.literal('pages'),
    parameter,
    page: pointer.optional(),
    pages: pointer,
  }),
  /** The response holds a cursor for the next page, null or absent on the last one. */
  z.strictObject({ kind: z.literal('cursor'), parameter, next: pointer }),
  /** The response holds the URL of the next page, on the same host; null or absent on the last one. */
  z.strictObject({ kind: z.literal('link'), next: pointer }),
]);

const mapSchema = z.strictObject({
  /** Appears in logs, to show which map read a page. */
  version: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
  request: z.strictObject({
    account: parameter,
    /** Both days are included. */
    from: parameter,
    to: parameter,
    dateFormat: requestDates.default('YYYY-MM-DD'),
  }),
  /** Pointer to the list of rows; empty where the response is the list itself. */
  rows: z.string().max(200),
  paging: pagingSchema,
  id: pointer.optional(),
  /** True only where the bank's contract says that ids never change and never repeat. */
  idStable: z.boolean().default(false),
  /** Where a row names its account, it must be ours. */
  account: pointer.optional(),
  bookingDate: pointer,
  valueDate: pointer.optional(),
  dateFormat: z.enum(JSON_DATE_FORMATS).default('YYYY-MM-DD'),
  /** Time zone of the bank's days, where it differs from the account's. */
  timeZone: z
    .string()
    .refine(isTimeZone, 'is not a time zone name such as Africa/Johannesburg')
    .optional(),
  amountKind: z.enum(['signed', 'unsigned+indicator', 'creditColumn/debitColumn']),
  amount: pointer.optional(),
  credit: pointer.optional(),
  debit: pointer.optional(),
  indicator: z.strictObject({ field: pointer, credit: labels, debit: labels }).optional(),
  unit: z.enum(['major', 'minor']).default('major'),
  decimalMark: z.enum(['.', ',']).default('.'),
  thousandsMark: z.enum([',', '.', ' ', "'"]).optional(),
  /** Without it every row is booked. */
  status: z
    .strictObject({
      field: pointer,
      booked: labels,
      pending: z.array(z.string()).default([]),
      /** Of rows that are no movements, such as declined ones: they are left out. */
      skip: z.array(z.string()).default([]),
    })
    .optional(),
  /** Pointer to the currency, or the one currency of all rows. */
  currency: z.union([pointer, z.strictObject({ constant: z.string().regex(/^[A-Z]{3}$/) })]),
  /** Texts that may hold the payer's reference, most trusted first. */
  references: z.array(pointer).min(1),
  text: z.array(pointer).default([]),
  counterparty: z
    .strictObject({ name: pointer.optional(), account: pointer.optional() })
    .default({}),
  runningBalance: pointer.optional(),
  /** Signed balances before and after all rows of the window. Where both are named, opening plus rows must equal closing. */
  opening: pointer.optional(),
  closing: pointer.optional(),
  /** Known fields that are not read. */
  ignored: z.array(z.string().min(1)).default([]),
});

/**
 * Maps a bank's JSON fields and formats to ours: data, not code. Nothing is guessed: a value outside the lists refuses the page.
 */
export const fieldMapSchema = mapSchema.superRefine((map, context) => {
  const need = (name: 'amount' | 'credit' | 'debit' | 'indicator', isNeeded: boolean) => {
    if ((map[name] !== undefined) === isNeeded) return;
    const verb = isNeeded ? 'is needed by' : 'does not go with';
    context.addIssue({ code: 'custom', path: [name], message: `${verb} ${map.amountKind}` });
  };
  need('amount', map.amountKind !== 'creditColumn/debitColumn');
  need('credit', map.amountKind === 'creditColumn/debitColumn');
  need('debit', map.amountKind === 'creditColumn/debitColumn');
  need('indicator', map.amountKind === 'unsigned+indicator');
  if ((map.opening === undefined) !== (map.closing === undefined)) {
    context.addIssue({ code: 'custom', path: ['opening'], message: 'needs closing' });
  }
});

export type JsonFieldMap = z.infer<typeof fieldMapSchema>;

/**
 * Reads a user's own field map.
 * @throws CodedError `config.invalid` that lists every fault.
 */
export function parseFieldMap(json: unknown): JsonFieldMap {
  const parsed = fieldMapSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    (issue) => `  ${issue.path.join('.') || 'field map'}: ${issue.message}`,
  );
  throw new CodedError('config.invalid', `The field map has faults:\n${faults.join('\n')}`);
}

/**
 * The default wire format. `idStable` is false: the format promises an `id` and nothing about it, and a gateway in front of
 * a bank re-issues ids when it re-reads (bank ids are evidence, the facts are identity). Treating unstable ids as stable
 * would start two workflows for one line; the opposite costs nothing.
 */
export const DEFAULT_FIELD_MAP: JsonFieldMap = parseFieldMap({
  version: 'default-1',
  request: { account: 'accountId', from: 'from', to: 'to' },
  rows: 'transactions',
  paging: { kind: 'pages', parameter: 'page', page: 'page', pages: 'pages' },
  id: 'id',
  account: 'accountId',
  bookingDate: 'date',
  valueDate: 'valueDate',
  amountKind: 'unsigned+indicator',
  amount: 'amount',
  indicator: { field: 'type', credit: ['credit'], debit: ['debit'] },
  status: { field: 'status', booked: ['booked'], pending: ['pending'] },
  currency: 'currency',
  references: ['reference'],
  text: ['description'],
  runningBalance: 'balance',
});
