import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../domain/words/csv-cell.ts';

describe('a line of CSV', () => {
  it.each([
    '=1+1',
    '+27821234567',
    '-5',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '  =1',
    '\u0000=1',
    '＝1+1',
    '＋1',
    '－1',
    '＠A1',
  ])('shows %j as text, since a spreadsheet would run it', (text) => {
    expect(csvLine([text])).toBe(`"'${text}"\r\n`);
  });

  it('leaves other texts and every number unchanged', () => {
    expect(csvLine(['rent 5-6', 'a=b', '', null])).toBe('"rent 5-6","a=b","",\r\n');
    expect(csvLine([{ number: '-12.50' }, { number: '7' }])).toBe('-12.50,7\r\n');
  });

  it('keeps quotes, commas and line breaks within their cell', () => {
    expect(csvLine(['a "b", c\r\nd', 'e'])).toBe('"a ""b"", c\r\nd","e"\r\n');
  });
});
