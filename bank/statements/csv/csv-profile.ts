import { z } from 'zod';
import { CodedError } from '../../../domain/errors.ts';

/**
 * Date formats; the first that matches a whole cell applies. A time of day after the day is ignored, `YY` is in this
 * century, and `DD MMM` takes its year from the statement's period.
 */
const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYY/MM/DD',
  'YYYYMMDD',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'DD/MM/YY',
  'MM/DD/YYYY',
  'MM/DD/YY',
  'MM-DD-YYYY',
  'DD.MM.YYYY',
  'DDMMMYYYY',
  'DD-MMM-YYYY',
  'DD-MMM-YY',
  'DD MMM YYYY',
  'DD MMMM YYYY',
  'DD MMM',
] as const;
export type CsvDateFormat = (typeof DATE_FORMATS)[number];

/** A column by its name in the header or, where a file has none, by its number from 1. */
const column = z.union([z.string().min(1), z.int().min(1).max(200)]);
const label = z.string().min(1);
const columnNumber = z.int().min(1).max(200);

/**
 * Place of a value in the rows before the header: after one of these labels, in the same cell or the next; or in a given
 * column of the row that holds a label in another column.
 */
const place = z.union([
  label,
  z.array(label).min(1),
  z.strictObject({ label, labelColumn: columnNumber.default(1), column: columnNumber }),
]);

const amountSchema = z.discriminatedUnion('kind', [
  /**
   * One column with a sign, brackets, or a `DR` or `CR` next to the digits; `positive` is the direction of an amount without
   * any of these.
   */
  z.strictObject({
    kind: z.literal('signed'),
    column,
    positive: z.enum(['credit', 'debit']).default('credit'),
  }),
  /** Separate columns for money in and money out; money out may have a minus. */
  z.strictObject({ kind: z.literal('columns'), credit: column, debit: column }),
  /** An unsigned column, and another that gives the direction. */
  z.strictObject({
    kind: z.literal('indicator'),
    column,
    indicator: column,
    credit: z.array(label).min(1),
    debit: z.array(label).min(1),
  }),
]);

/**
 * One bank's CSV layout: data, not code. Users declare their own in a JSON file of this shape.
 * Amounts are major units; days are in the account's time zone.
 */
const profileSchema = z.strictObject({
  /** `absa`; the format of a file read with it is `csv.absa`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  /** If omitted, detected from the header, or from the first row of a file without a header. */
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  /** `'` where a bank uses both `'` and `"`. */
  quote: z.enum(['"', "'"]).default('"'),
  /** Starts the file, or fills a cell of its first row, where that distinguishes the layout; ignores letter case. */
  startsWith: z.union([label, z.strictObject({ column: columnNumber, text: label })]).optional(),
  /** Cells of the header row, ignoring letter case and outer blanks; empty for a file without a header. */
  header: z.array(z.string()).default([]),
  /**
   * The header may have more columns, in any order: `header` lists those that it must have, and a column of `columns`
   * that it lacks is empty. For banks that add columns to their export now and then.
   */
  otherColumns: z.boolean().default(false),
  /**
   * Another profile has the same header: a file is recognised only if one of its first days can be read by the date
   * formats of this profile alone.
   */
  datesDecide: z.boolean().default(false),
  /** Maximum of cells per row in a file without a header, if more than the named columns. */
  columnCount: columnNumber.optional(),
  /** Maximum of rows before the header, or before the first row of a file without a header. */
  preambleRows: z.int().min(0).max(40).default(0),
  preamble: z
    .strictObject({
      account: place.optional(),
      currency: place.optional(),
      opening: place.optional(),
      closing: place.optional(),
      credits: place.optional(),
      debits: place.optional(),
      creditCount: place.optional(),
      debitCount: place.optional(),
      /** First cell of the row with the first and last day of the statement. */
      period: label.optional(),
    })
    .default({}),
  /** Where every row starts with the number of its kind, the number of entry rows. */
  recordType: z.string().optional(),
  columns: z.strictObject({
    bookingDate: column,
    valueDate: column.optional(),
    amount: amountSchema,
    /** A charge that moves the balance in addition to the amount: it becomes a separate entry. */
    fee: column.optional(),
    balance: column.optional(),
    /**
     * A column that says what became of the row: one of `booked` is money, one of `pending` may become it, and one of `skip`
     * never does. Any other value refuses the row.
     */
    status: z
      .strictObject({
        column,
        booked: z.array(label).min(1),
        pending: z.array(label).default([]),
        skip: z.array(label).default([]),
      })
      .optional(),
    /** Rows with another value in this column are of another account and left out; an empty cell is kept. */
    only: z.strictObject({ column, values: z.array(label).min(1) }).optional(),
    account: column.optional(),
    currency: column.optional(),
    bankId: column.optional(),
    /** Texts that may hold the payer's reference, most trusted first. */
    references: z.array(column).min(1),
    text: z.array(column).default([]),
    counterparty: column.optional(),
  }),
  /**
   * What a fee without a minus is: a `charge`, a refund as its sign says (`signed`), or, where a bank writes both so, what
   * the running balance shows (`balance`), else a refund, except in a file that also writes money out without a minus.
   */
  feeSign: z.enum(['balance', 'charge', 'signed']).default('balance'),
  dateFormats: z.array(z.enum(DATE_FORMATS)).min(1),
  decimalMark: z.enum(['.', ',']).default('.'),
  thousandsMark: z.enum([',', '.', ' ', "'"]).optional(),
  /** Currency of the file where no column gives it. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('ZAR'),
  /** Texts, in any reference or text column, of rows without an amount that are not entries; a trailing `*` matches any rest. */
  skip: z.array(label).default([]),
  /** Text of a row without an amount that states a balance, in the amount column if there is no balance column. */
  openingRow: label.optional(),
  closingRow: label.optional(),
  /**
   * First cell of the row that ends the file; without that row the file is incomplete. If present, its amount and fee are
   * the sums of their columns, and its balance is the last one.
   */
  endRow: label.optional(),
  /** Prefix of the text of a row that is not booked yet. */
  pendingPrefix: label.optional(),
  /** Text of a row after which rows may still change; if it follows entries without a new opening row between, all rows may. */
  provisionalRow: label.optional(),
  /** What rows after it are; an account's setting (`BANK_PROVISIONAL`) may make them `booked`, too. */
  provisional: z.enum(['pending', 'booked']).default('pending'),
});

export const csvProfileSchema = profileSchema.superRefine((profile, context) => {
  const fault = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (profile.thousandsMark === profile.decimalMark)
    fault('thousandsMark', 'is also the decimal mark');
  const { dateFormats, preamble, header } = profile;
  for (const [day, month] of [
    ['DD/MM/', 'MM/DD/'],
    ['DD-MM-', 'MM-DD-'],
  ] as const)
    if ([day, month].every((order) => dateFormats.some((each) => each.startsWith(order))))
      fault('dateFormats', `${day} and ${month} are ambiguous together`);
  if (dateFormats.includes('DD MMM') && preamble.period === undefined)
    fault('dateFormats', 'DD MMM needs preamble.period');
  const names = header.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
  if (new Set(names).size !== names.length) fault('header', 'names a column twice');
  if (header.length > 0 && names.length === 0) fault('header', 'names no column');
});

export type CsvProfile = z.infer<typeof csvProfileSchema>;

/**
 * Reads a user's own profile.
 * @throws CodedError `config.invalid` that lists every fault.
 */
export function parseCsvProfile(json: unknown): CsvProfile {
  const parsed = csvProfileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    (issue) => `  ${issue.path.join('.') || 'profile'}: ${issue.message}`,
  );
  throw new CodedError('config.invalid', `The CSV profile has faults:\n${faults.join('\n')}`);
}
