import { describe, expect, it } from 'vitest';
import { lastFour, matchAccounts } from '../../../domain/line/account-number.ts';

describe('matchAccounts', () => {
  it.each([
    ['62001234567', '62001234567'],
    ['62001234567', '6200 123 4567'],
    ['62001234567', '620-0123-4567'],
    ['0062001234567', '62001234567'],
    ['62001234567', '250655/62001234567'],
    ['62001234567', '62001234567ZAR'],
    ['62001234567', 'FIRNZAJJ/62001234567/ZAR'],
    ['62001234567', '*******4567'],
    ['62001234567', 'XXXX4567'],
    ['62001234567', '6200****567'],
    ['****4567', '62001234567'],
    ['NL91ABNA0417164300', 'NL91 ABNA 0417 1643 00'],
    ['0417164300', 'NL91ABNA0417164300'],
    ['DE89370400440532013000', '532013000'],
    ['SIM-ACCOUNT-1', 'sim-account-1'],
  ])('takes %s and %s for one account', (one, other) => {
    expect(matchAccounts(one, other)).toBe('same');
    expect(matchAccounts(other, one)).toBe('same');
  });

  it.each([
    ['62001234567', '62002222222'],
    ['250655/62001234567', '250655/62002222222'],
    ['62001234567', '****2222'],
    ['62001234567', '620012345670'],
    ['NL91ABNA0417164300', 'NL91ABNA0417164301'],
    ['0417164399', 'NL91ABNA0417164300'],
  ])('tells %s from %s', (one, other) => {
    expect(matchAccounts(one, other)).toBe('different');
    expect(matchAccounts(other, one)).toBe('different');
  });

  it.each([
    ['ACC-1', '62001234567'],
    ['3353431574710166878182963', '62001234567'],
    ['7c4d4cf8-8d0f-4b3a-9d0e-5f1c2b3a4d5e', '62001234567'],
    ['', '62001234567'],
    ['62001234567', '**7'],
  ])('does not judge %s and %s, one of which is no account number', (one, other) => {
    expect(matchAccounts(one, other)).toBe('unknown');
    expect(matchAccounts(other, one)).toBe('unknown');
  });
});

describe('lastFour', () => {
  it('answers the last four characters of a number, without its blanks', () => {
    expect(lastFour('6200 123 45 67')).toBe('4567');
  });
});
