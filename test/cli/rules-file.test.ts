import { describe, expect, it } from 'vitest';
import { parseRules, readRulesFile } from '../../cli/rules-file.ts';
import { DEFAULT_RULES } from '../../domain/review/rules.ts';

describe('a file of rules', () => {
  it('changes what it names and leaves the rest unchanged', () => {
    expect(parseRules({ version: 'a' })).toEqual({ ...DEFAULT_RULES, version: 'a' });
    expect(
      parseRules({ version: 'b', creditRepairs: 'one_wallet', amountLimitMinor: '500000' }),
    ).toEqual({
      ...DEFAULT_RULES,
      version: 'b',
      creditRepairs: 'one_wallet',
      amountLimitMinor: 500_000n,
    });
  });

  it('fails with each of its faults: unknown rules, money as a number, no version', () => {
    const parse = () =>
      parseRules({ groupedCode: true, legacyGrouped: 'no', amountLimitMinor: 500_000 });
    expect(parse).toThrow(
      /version: .*\n.*legacyGrouped: .*\n.*amountLimitMinor: .*\n.*groupedCode/,
    );
    expect(() => parseRules([])).toThrow(/rules: /);
  });

  it('fails when it is unreadable or not JSON', async () => {
    await expect(readRulesFile('no-such-file.json')).rejects.toMatchObject({
      code: 'config.invalid',
    });
    await expect(readRulesFile('README.md')).rejects.toThrow(/not JSON/);
  });
});
