import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asCustomerCode, hasValidCheckDigit } from '../../../domain/reference/customer-code.ts';
import { findOwner, type DepositToOwn, type WalletOfCode } from '../../../domain/review/owner.ts';
import { readReferences, withoutRivals as looked } from '../../../domain/reference/reference.ts';
import {
  codesToFind,
  decideByRules,
  DEFAULT_RULES,
  type Rules,
} from '../../../domain/review/rules.ts';

const golden = JSON.parse(
  readFileSync(new URL('../reference/golden/references.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly { readonly references: readonly string[] }[] };

/** Their last digits are right. */
const CHECKED = 'CUS00001234';
const OTHER = 'CUS12345671';
/** Its last digit is wrong. */
const LEGACY = 'CUS12345678';
const REPAIRS: Partial<Rules> = { creditRepairs: 'one_wallet' };
const DEPOSIT: DepositToOwn = {
  hold: null,
  currency: 'ZAR',
  amountMinor: 5_000n,
  amountLimitMinor: null,
  mode: 'live',
};

function aWallet(walletId: string, given: Partial<WalletOfCode> = {}): WalletOfCode {
  return { walletId, codeKind: 'checked', status: 'open', ...given };
}

function decide(
  references: readonly string[],
  wallets: Readonly<Record<string, WalletOfCode>>,
  rules: Partial<Rules> = {},
  deposit: Partial<DepositToOwn> = {},
): string {
  const owner = decideByRules(
    { ...DEFAULT_RULES, ...rules },
    { ...DEPOSIT, ...deposit },
    readReferences(references),
    new Map(Object.entries(wallets)),
  );
  return owner.kind === 'wallet' ? `credited ${owner.walletId}` : owner.reason;
}

const anyWallet = fc.record({
  walletId: fc.constant('anna'),
  codeKind: fc.constantFrom('checked', 'legacy'),
  status: fc.constantFrom('open', 'frozen', 'closed'),
}) satisfies fc.Arbitrary<WalletOfCode>;
const anyDeposit = fc.record({
  hold: fc.constantFrom(null, 'possible_duplicate', 'unreadable'),
  currency: fc.constantFrom('ZAR', 'USD'),
  amountMinor: fc.constantFrom(1n, 5_000n),
  amountLimitMinor: fc.constantFrom(null, 4_999n),
  mode: fc.constantFrom('live', 'shadow'),
}) satisfies fc.Arbitrary<DepositToOwn>;
const anyReferences = fc.oneof(
  fc.constantFrom(...golden.cases.map((each) => each.references)),
  fc.array(fc.constantFrom(CHECKED, OTHER, 'CUS 1234 5678', LEGACY, 'CUSO0001234', 'rent'), {
    maxLength: 3,
  }),
  fc.array(fc.string({ maxLength: 40 }), { maxLength: 3 }),
);
const anyRules = fc.record({
  version: fc.constant('any'),
  groupedCodes: fc.boolean(),
  legacyGrouped: fc.boolean(),
  creditRepairs: fc.constantFrom('none', 'one_wallet'),
  amountLimitMinor: fc.constantFrom(null, 4_999n, 5_000n),
}) satisfies fc.Arbitrary<Rules>;

describe('the default set of rules', () => {
  it('decides every golden reference as findOwner does, whatever wallet bears the code', () => {
    const wallets = [
      aWallet('anna'),
      aWallet('anna', { codeKind: 'legacy' }),
      aWallet('anna', { status: 'closed' }),
      null,
    ];
    for (const { references } of golden.cases) {
      const reading = readReferences(references);
      for (const wallet of wallets) {
        const byCode = new Map(
          codesToFind(DEFAULT_RULES, reading).flatMap((code) =>
            wallet === null || code.length < CHECKED.length ? [] : [[code, wallet] as const],
          ),
        );
        expect(decideByRules(DEFAULT_RULES, DEPOSIT, reading, byCode)).toEqual(
          findOwner(DEPOSIT, looked(reading, byCode), reading.kind === 'exact' ? wallet : null),
        );
      }
    }
  });

  it('decides anything as findOwner does', () => {
    fc.assert(
      fc.property(anyReferences, anyWallet, anyDeposit, (references, wallet, deposit) => {
        const reading = readReferences(references);
        const byCode = new Map<string, WalletOfCode>(
          [CHECKED, OTHER, LEGACY, ...codesToFind(DEFAULT_RULES, reading)].map((code) => [
            code,
            wallet,
          ]),
        );
        expect(decideByRules(DEFAULT_RULES, deposit, reading, byCode)).toEqual(
          findOwner(deposit, looked(reading, byCode), reading.kind === 'exact' ? wallet : null),
        );
      }),
    );
  });
});

describe('another set of rules', () => {
  it('holds a code in groups, or takes a legacy code in groups, where it says so', () => {
    const wallets = {
      [CHECKED]: aWallet('anna'),
      [LEGACY]: aWallet('ben', { codeKind: 'legacy' }),
    };
    expect(decide(['CUS 0000 1234'], wallets)).toBe('credited anna');
    expect(decide(['CUS 0000 1234'], wallets, { groupedCodes: false })).toBe('guess_only');
    expect(decide([CHECKED], wallets, { groupedCodes: false })).toBe('credited anna');
    expect(decide(['CUS 1234 5678'], wallets)).toBe('guess_only');
    expect(decide(['CUS 1234 5678'], wallets, { legacyGrouped: true })).toBe('credited ben');
  });

  it('credits a repaired code only where exactly one wallet that is not closed fits', () => {
    const reading = readReferences(['CUSO0001234']);
    expect(codesToFind({ ...DEFAULT_RULES, ...REPAIRS }, reading)).toContain(CHECKED);
    expect(codesToFind(DEFAULT_RULES, reading)).toEqual([]);
    expect(decide(['CUSO0001234'], { [CHECKED]: aWallet('anna') })).toBe('guess_only');
    expect(decide(['CUSO0001234'], { [CHECKED]: aWallet('anna') }, REPAIRS)).toBe('credited anna');
    expect(decide(['CUSO0001234'], {}, REPAIRS)).toBe('guess_only');
    const closed = { [CHECKED]: aWallet('anna', { status: 'closed' }) };
    expect(decide(['CUSO0001234'], closed, REPAIRS)).toBe('guess_only');
    const two = { [CHECKED]: aWallet('anna'), [OTHER]: aWallet('ben') };
    expect(decide(['CUSO0001234 CUSI2345671'], two, REPAIRS)).toBe('guess_only');
  });

  it('never credits a legacy wallet by a repair', () => {
    const wallets = { [CHECKED]: aWallet('anna', { codeKind: 'legacy' }) };
    expect(decide(['CUSO0001234'], wallets, { ...REPAIRS, legacyGrouped: true })).toBe(
      'guess_only',
    );
  });

  it('replaces the limit of the account by its own', () => {
    const wallets = { [CHECKED]: aWallet('anna') };
    const rules = { amountLimitMinor: 4_999n };
    expect(decide([CHECKED], wallets, rules)).toBe('amount_over_limit');
    expect(decide([CHECKED], wallets, { amountLimitMinor: 5_000n }, { amountLimitMinor: 1n })).toBe(
      'credited anna',
    );
  });

  it('credits nothing that is held, foreign, closed, frozen or checked with a wrong digit', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyReferences,
        anyWallet,
        anyDeposit,
        (rules, references, wallet, deposit) => {
          const reading = readReferences(references);
          const codes = codesToFind(rules, reading);
          const byCode = new Map<string, WalletOfCode>(codes.map((code) => [code, wallet]));
          const owner = decideByRules(rules, deposit, reading, byCode);
          const isRight = (text: string) => {
            const code = asCustomerCode(text);
            return code !== null && hasValidCheckDigit(code);
          };
          const mayCredit =
            deposit.hold === null &&
            deposit.currency === 'ZAR' &&
            wallet.status === 'open' &&
            (wallet.codeKind === 'legacy' || codes.some(isRight));
          expect(owner.kind === 'review' || mayCredit).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
