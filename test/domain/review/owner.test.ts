import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HoldReason } from '../../../domain/line/identity.ts';
import {
  findOwner,
  type DepositToOwn,
  type Owner,
  type WalletOfCode,
} from '../../../domain/review/owner.ts';
import { readReferences } from '../../../domain/reference/reference.ts';

/** Its last digit is right. */
const CHECKED = 'CUS00001234';
/** Its last digit is wrong: valid only where a wallet was registered under it before check digits. */
const LEGACY = 'CUS12345678';

function aWallet(given: Partial<WalletOfCode> = {}): WalletOfCode {
  return { walletId: 'anna', codeKind: 'checked', status: 'open', ...given };
}

function ownerOf(
  references: readonly string[],
  wallet: WalletOfCode | null,
  deposit: Partial<DepositToOwn> = {},
): Owner {
  return findOwner(
    {
      hold: null,
      currency: 'ZAR',
      amountMinor: 5_000n,
      amountLimitMinor: null,
      mode: 'live',
      ...deposit,
    },
    readReferences(references),
    wallet,
  );
}

function reasonOf(owner: Owner): string {
  return owner.kind === 'review' ? owner.reason : `credited ${owner.walletId}`;
}

const HOLDS: readonly HoldReason[] = [
  'possible_duplicate',
  'edited_look_alike',
  'id_reused',
  'currency_mismatch',
  'unreadable',
  'reversal_unpaired',
  'proof_absent',
];

describe('findOwner', () => {
  it('gives a deposit to the open wallet that bears its one exact code', () => {
    expect(reasonOf(ownerOf([`PAYMENT ${CHECKED}`], aWallet()))).toBe('credited anna');
    expect(reasonOf(ownerOf(['cus 0000 1234'], aWallet()))).toBe('credited anna');
  });

  it('gives a legacy code that is registered to its wallet, if it is written without a break', () => {
    const wallet = aWallet({ codeKind: 'legacy' });
    expect(reasonOf(ownerOf([`FROM ${LEGACY}`], wallet))).toBe('credited anna');
    expect(reasonOf(ownerOf(['CUS 1234 5678'], wallet))).toBe('guess_only');
  });

  it.each([
    ['no code at all', ['rent'], null, 'no_reference'],
    ['no text at all', [], null, 'no_reference'],
    ['two codes', [`${CHECKED} ${LEGACY}`], null, 'ambiguous'],
    ['two codes in two fields', [CHECKED, 'CUS12345671'], null, 'ambiguous'],
    ['a code with a letter for a digit', ['CUSO0001234'], null, 'guess_only'],
    ['a code that no wallet has', [CHECKED], null, 'unknown_code'],
    ['a code with a wrong check digit', [LEGACY], null, 'bad_check_digit'],
    ['a wrong check digit, although a wallet bears it', [LEGACY], aWallet(), 'bad_check_digit'],
    ['a closed wallet', [CHECKED], aWallet({ status: 'closed' }), 'wallet_closed'],
    ['a frozen wallet', [CHECKED], aWallet({ status: 'frozen' }), 'wallet_frozen'],
  ] as const)('leaves %s to a person', (_, references, wallet, reason) => {
    expect(reasonOf(ownerOf(references, wallet))).toBe(reason);
  });

  it('leaves a held deposit to a person, for the reason of the hold, with the code as a suggestion', () => {
    for (const hold of HOLDS) {
      expect(ownerOf([CHECKED], aWallet(), { hold })).toEqual({
        kind: 'review',
        reason: hold,
        candidates: [CHECKED],
      });
    }
  });

  it('leaves money in another currency to a person, whatever it names', () => {
    expect(reasonOf(ownerOf([CHECKED], aWallet(), { currency: 'USD' }))).toBe('currency_mismatch');
  });

  it('leaves an amount above the limit of its bank account to a person, and no other', () => {
    const reasonFor = (amountMinor: bigint, amountLimitMinor: bigint | null) =>
      reasonOf(ownerOf([CHECKED], aWallet(), { amountMinor, amountLimitMinor }));
    expect(reasonFor(500_001n, 500_000n)).toBe('amount_over_limit');
    expect(reasonFor(500_000n, 500_000n)).toBe('credited anna');
    expect(reasonFor(500_001n, null)).toBe('credited anna');
  });

  it('credits nothing while the account is on trial, and names the wallet that it would have credited', () => {
    expect(ownerOf([CHECKED], aWallet(), { mode: 'shadow' })).toEqual({
      kind: 'review',
      reason: 'shadow',
      candidates: [CHECKED],
    });
    expect(reasonOf(ownerOf(['rent'], null, { mode: 'shadow' }))).toBe('no_reference');
  });

  it('never credits without an exact code, an open wallet, no hold, rand, an amount within the limit and a live account', () => {
    const anyText = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(CHECKED, LEGACY, `x${CHECKED}`, `${CHECKED}1`, 'CUS0000123', 'CUS OOOO1234'),
    );
    const anyWallet = fc.option(
      fc.record({
        walletId: fc.constant('anna'),
        codeKind: fc.constantFrom('checked' as const, 'legacy' as const),
        status: fc.constantFrom('open' as const, 'frozen' as const, 'closed' as const),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(anyText, { maxLength: 3 }),
        anyWallet,
        fc.option(fc.constantFrom(...HOLDS)),
        fc.constantFrom('ZAR', 'USD'),
        fc.option(fc.constantFrom(4_999n, 5_000n)),
        fc.constantFrom('live' as const, 'shadow' as const),
        (references, wallet, hold, currency, amountLimitMinor, mode) => {
          const reading = readReferences(references);
          const deposit = { hold, currency, amountMinor: 5_000n, amountLimitMinor, mode };
          const owner = findOwner(deposit, reading, wallet);
          const mayCredit =
            reading.kind === 'exact' &&
            wallet !== null &&
            wallet.status === 'open' &&
            hold === null &&
            mode === 'live' &&
            amountLimitMinor !== 4_999n &&
            currency === 'ZAR' &&
            (wallet.codeKind === 'legacy'
              ? reading.written === 'run'
              : reading.checkDigit === 'ok');
          expect(owner.kind).toBe(mayCredit ? 'wallet' : 'review');
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
