import type { StatementRow } from '../line.ts';
import { decimalText } from '../money-text.ts';
import type { AccountStatement } from './account-statement.ts';

const FIELD_CHARS = 27;
const REFERENCE_FIELDS = ['?20', '?21', '?22', '?23', '?24', '?25'];

/** An MT940 without its SWIFT blocks; it has no pending lines. */
export function mt940Text(statement: AccountStatement, messageId = 'SIMULATOR1'): string {
  const { accountId, from, to, openingMinor, closingMinor, rows } = statement;
  return [
    `:20:${swiftText(messageId).slice(0, 16)}`,
    `:25:${swiftText(accountId)}`,
    ':28C:1/1',
    `:60F:${balance(openingMinor, from)}`,
    ...rows.filter(({ line }) => line.status === 'booked').flatMap(entry),
    `:62F:${balance(closingMinor, to)}`,
    '-',
    '',
  ].join('\r\n');
}

const shortDay = (day: string) => day.slice(2).replaceAll('-', '');
const comma = (minor: bigint) => decimalText(minor < 0n ? -minor : minor).replace('.', ',');

function balance(minor: bigint, day: string): string {
  return `${minor < 0n ? 'D' : 'C'}${shortDay(day)}ZAR${comma(minor)}`;
}

function entry({ line }: StatementRow): readonly string[] {
  const day = shortDay(line.bookingDate);
  const mark = line.direction === 'credit' ? 'C' : 'D';
  const id = swiftText(line.id).trim();
  const bankId = id === '' ? '' : `//${id.slice(0, 16)}`;
  const fields = [
    ...pieces(swiftText(line.reference)).map(
      (piece, index) => `${REFERENCE_FIELDS[index] ?? ''}${piece}`,
    ),
  ];
  const description = swiftText(line.description).slice(0, FIELD_CHARS);
  return [
    `:61:${day}${day.slice(2)}${mark}${comma(line.amountMinor)}NTRFNONREF${bankId}`,
    `:86:166?00${description}`,
    ...fields,
  ];
}

function pieces(text: string): readonly string[] {
  const whole = text.match(new RegExp(`.{1,${FIELD_CHARS}}`, 'g')) ?? [];
  return whole.slice(0, REFERENCE_FIELDS.length);
}

/** Text in SWIFT's character set: other characters are replaced by a similar one or a point; `?` would start a subfield. */
function swiftText(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{Cf}\u0000]/gu, '')
    .replace(/[^A-Za-z0-9/\-:().,'+ ]/g, '.');
}
