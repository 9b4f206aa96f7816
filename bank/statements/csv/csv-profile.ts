import { z } from 'zod';
import { CodedError } from '../../../domain/errors.ts';

/**
 * How days are written; of several, the first that fits a cell whole. A time of day behind the day is passed over, `YY` is of this
 * century, and `DD MMM` takes its year from the statement's period.
 */
const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYY/MM/DD',
  'YYYYMMDD',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'MM/DD/YYYY',
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
 * Where the rows before the header tell something: the label, or one of several, that stands before it in its cell or in the cell
 * before; or the cell in a column of the row that holds a label in another column.
 */
const place = z.union([
  label,
  z.array(label).min(1),
  z.strictObject({ label, labelColumn: columnNumber.default(1), column: columnNumber }),
]);

const amountSchema = z.discriminatedUnion('kind', [
  /** One column with a sign, brackets, or a `DR` or `CR` beside the digits; `positive` tells what an amount without any of them is. */
  z.strictObject({
    kind: z.literal('signed'),
    column,
    positive: z.enum(['credit', 'debit']).default('credit'),
  }),
  /** Money in and money out in columns of their own; money out may have a minus or none. */
  z.strictObject({ kind: z.literal('columns'), credit: column, debit: column }),
  /** An unsigned column, and another one that tells the direction. */
  z.strictObject({
    kind: z.literal('indicator'),
    column,
    indicator: column,
    credit: z.array(label).min(1),
    debit: z.array(label).min(1),
  }),
]);

/**
 * How one bank writes its CSV: data, no code. Users declare their own in a JSON file of this shape.
 * Amounts are major units; days are in the account's time zone.
 */
const profileSchema = z.strictObject({
  /** `absa`; the format of a file read with it is `csv.absa`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  /** Without it, the one that the header, or the first row of a file without a header, is written with. */
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  /** `'` where a bank uses both kinds. */
  quote: z.enum(['"', "'"]).default('"'),
  /** Begins the file, or is a whole cell of its first row, where that tells it from others; letter case aside. */
  startsWith: z.union([label, z.strictObject({ column: columnNumber, text: label })]).optional(),
  /** Cells of the header row, letter case and outer blanks aside; empty for a file without one. */
  header: z.array(z.string()).default([]),
  /** Cells of a row at most in a file without a header, where they are more than the columns that are named. */
  columnCount: columnNumber.optional(),
  /** Rows at most before the header, or before the first row of a file without one. */
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
      /** First cell of the row that holds the first and the last day of the statement. */
      period: label.optional(),
    })
    .default({}),
  /** Where every row begins with the number of its kind: only rows of this kind are entries. */
  recordType: z.string().optional(),
  columns: z.strictObject({
    bookingDate: column,
    valueDate: column.optional(),
    amount: amountSchema,
    /**
     * A charge that moves the balance besides the amount: it becomes an entry of its own. Without a minus it gives money back,
     * except in a file that writes money out without a minus too.
     */
    fee: column.optional(),
    balance: column.optional(),
    account: column.optional(),
    currency: column.optional(),
    bankId: column.optional(),
    /** Texts that may hold the payer's reference, in order of trust. */
    references: z.array(column).min(1),
    text: z.array(column).default([]),
    counterparty: column.optional(),
  }),
  dateFormats: z.array(z.enum(DATE_FORMATS)).min(1),
  decimalMark: z.enum(['.', ',']).default('.'),
  thousandsMark: z.enum([',', '.', ' ', "'"]).optional(),
  /** Of the file where no column tells it. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('ZAR'),
  /** Texts of rows without an amount that are no entries, in any of the reference or text columns; `*` at the end stands for any more. */
  skip: z.array(label).default([]),
  /** Texts of rows without an amount that state a balance; in files without a column for it, in place of the amount. */
  openingRow: label.optional(),
  closingRow: label.optional(),
  /**
   * First cell of the row that ends the file; without it the file is not whole. Where it has them, its amount and fee are the sums
   * of those columns, and its balance is the last one.
   */
  endRow: label.optional(),
  /** Before the text of a row that is not booked yet. */
  pendingPrefix: label.optional(),
  /** Text of a row that says that what follows may still change; behind entries that no new opening row parts from it, all may. */
  provisionalRow: label.optional(),
});

export const csvProfileSchema = profileSchema.superRefine((profile, context) => {
  const fault = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (profile.thousandsMark === profile.decimalMark)
    fault('thousandsMark', 'is the decimal mark too');
  const { dateFormats, preamble, header } = profile;
  if (dateFormats.includes('DD/MM/YYYY') && dateFormats.includes('MM/DD/YYYY'))
    fault('dateFormats', 'DD/MM/YYYY and MM/DD/YYYY cannot be told apart');
  if (dateFormats.includes('DD MMM') && preamble.period === undefined)
    fault('dateFormats', 'DD MMM needs preamble.period');
  const names = header.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
  if (new Set(names).size !== names.length) fault('header', 'names a column twice');
  if (header.length > 0 && names.length === 0) fault('header', 'names no column');
});

export type CsvProfile = z.infer<typeof csvProfileSchema>;

/**
 * Reads a profile that a user declared.
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
