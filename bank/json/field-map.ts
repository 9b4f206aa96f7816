import { z } from 'zod';
import { CodedError } from '../../domain/errors.ts';
import { isTimeZone } from '../../domain/local-date.ts';
import { JSON_DATE_FORMATS } from './day.ts';

/** A field by its plain name, or a JSON pointer (RFC 6901) to a nested one: `amount`, `/amount/value`. */
const pointer = z.string().min(1).max(200);
const parameter = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/);
const labels = z.array(z.string().min(1)).min(1);
const requestDates = z.enum(['YYYY-MM-DD', 'YYYYMMDD', 'YYYY/MM/DD', 'DD/MM/YYYY', 'DD-MM-YYYY']);

const pagingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** The answer counts its pages, and `parameter` asks for one of them. */
  z.strictObject({
    kind: z.literal('pages'),
    parameter,
    page: pointer.optional(),
    pages: pointer,
  }),
  /** The answer holds a cursor for the next page, null or absent on the last one. */
  z.strictObject({ kind: z.literal('cursor'), parameter, next: pointer }),
  /** The answer holds the address of the next page, at the same host; null or absent on the last one. */
  z.strictObject({ kind: z.literal('link'), next: pointer }),
]);

const mapSchema = z.strictObject({
  /** Told in logs, so that one can say which map read a page. */
  version: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
  request: z.strictObject({
    account: parameter,
    /** Both days are included. */
    from: parameter,
    to: parameter,
    dateFormat: requestDates.default('YYYY-MM-DD'),
  }),
  /** The list of rows; empty for an answer that is the list itself. */
  rows: z.string().max(200),
  paging: pagingSchema,
  id: pointer.optional(),
  /** True only where the bank's contract says that ids never change and never come twice. */
  idStable: z.boolean().default(false),
  /** Where a row names its account, it must be ours. */
  account: pointer.optional(),
  bookingDate: pointer,
  valueDate: pointer.optional(),
  dateFormat: z.enum(JSON_DATE_FORMATS).default('YYYY-MM-DD'),
  /** Of the bank's days, where it is not the account's. */
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
    .strictObject({ field: pointer, booked: labels, pending: z.array(z.string()).default([]) })
    .optional(),
  /** Where the currency stands, or the one that all rows have. */
  currency: z.union([pointer, z.strictObject({ constant: z.string().regex(/^[A-Z]{3}$/) })]),
  /** Texts that may hold the payer's reference, in order of trust. */
  references: z.array(pointer).min(1),
  text: z.array(pointer).default([]),
  counterparty: z
    .strictObject({ name: pointer.optional(), account: pointer.optional() })
    .default({}),
  runningBalance: pointer.optional(),
  /** Signed balances before and after all rows of the window: where both are named, the rows must lead from one to the other. */
  opening: pointer.optional(),
  closing: pointer.optional(),
  /** Fields that are known and not read. */
  ignored: z.array(z.string().min(1)).default([]),
  /** What a field means that is neither read nor ignored: refuse the page, or name the field in the log. */
  unknownFields: z.enum(['refuse', 'report']).default('refuse'),
});

/**
 * Where a bank's JSON keeps what we need, and how it writes it: data, no code. Nothing is guessed: a value outside the lists
 * refuses the page.
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
    context.addIssue({ code: 'custom', path: ['opening'], message: 'goes with closing' });
  }
});

export type JsonFieldMap = z.infer<typeof fieldMapSchema>;

/**
 * Reads a field map that a user declared.
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
 * The default wire format. `idStable` is false: the format promises an `id` and nothing about it, and a
 * gateway in front of a bank re-issues ids when it re-reads (bank ids are evidence, the facts are identity).
 * Calling them stable wrongly would name two workflows for one line; calling them unstable costs nothing.
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
