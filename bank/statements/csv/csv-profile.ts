import { z } from 'zod';
import { CodedError } from '../../../domain/errors.ts';

/** How days are written; of several, the first that fits a cell whole. `DD MMM` takes its year from the statement's period. */
const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYY/MM/DD',
  'YYYYMMDD',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'MM/DD/YYYY',
  'DD.MM.YYYY',
  'DDMMMYYYY',
  'DD MMM YYYY',
  'DD MMMM YYYY',
  'DD MMM',
] as const;
export type CsvDateFormat = (typeof DATE_FORMATS)[number];

/** A column by its name in the header or, where a file has none, by its number from 1. */
const column = z.union([z.string().min(1), z.int().min(1).max(200)]);
const label = z.string().min(1);

const amountSchema = z.discriminatedUnion('kind', [
  /** One column with a sign, brackets, or a `DR` or `CR` beside the digits. */
  z.strictObject({ kind: z.literal('signed'), column }),
  /** Money in and money out in columns of their own; their signs do not matter. */
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
export const csvProfileSchema = z.strictObject({
  /** `absa`; the format of a file read with it is `csv.absa`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  delimiter: z.enum([',', ';', '\t', '|']).default(','),
  quote: z.enum(['"', "'"]).default('"'),
  /** Begins the file where that tells it from others, letter case aside. */
  startsWith: label.optional(),
  /** Cells of the header row, letter case and outer blanks aside; empty for a file without one. */
  header: z.array(z.string()).default([]),
  /** Rows at most before the header, or before the first row of a file without one. */
  preambleRows: z.int().min(0).max(40).default(0),
  /** What the rows before the header tell, by the label that stands before it in its cell or in the cell before. */
  preamble: z
    .strictObject({
      account: label.optional(),
      currency: label.optional(),
      opening: label.optional(),
      closing: label.optional(),
      credits: label.optional(),
      debits: label.optional(),
      creditCount: label.optional(),
      debitCount: label.optional(),
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
    /** A charge that moves the balance besides the amount: it becomes an entry of its own. */
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
  /** Texts of rows that are no entries, whole, in any of the reference or text columns. */
  skip: z.array(label).default([]),
  /** Texts of rows that state a balance and no movement. */
  openingRow: label.optional(),
  closingRow: label.optional(),
  /** First cell of the row that ends the file; without it the file is not whole. */
  endRow: label.optional(),
  /** Before the text of a row that is not booked yet. */
  pendingPrefix: label.optional(),
  /** Text of a row that says that the whole statement may still change. */
  provisionalRow: label.optional(),
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
