import { randomInt } from 'node:crypto';
import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import {
  findWallet,
  findWalletByExternalRef,
  insertWallet,
  isCodeFree,
  type Wallet,
} from '../../db/queries/wallets.ts';
import {
  CUSTOMER_NUMBER_MAX,
  codesNear,
  customerCodeFromNumber,
  seriesOf,
  type CustomerCode,
} from '../../domain/reference/customer-code.ts';
import { CodedError } from '../../domain/errors.ts';
import { invariant } from '../../domain/invariant.ts';

/** Each draw finds a free code unless nearly all are taken: of 200 draws none does if 98 in 100 are. */
const DRAWS_MAX = 200;

export interface WantedWallet {
  readonly externalRef: string | null;
  readonly name: string | null;
  /** A code that was issued before Purser; null for a new one. */
  readonly legacyCode: CustomerCode | null;
  /** The caller who opens it; null for nobody whose keys could be bound to it. */
  readonly createdBy: string | null;
}

/** More numbers than this hold one of each series: the smallest series has one number in 512. */
const NUMBERS_MAX = 100_000;

/**
 * A number of a series that nobody can foresee, from 1 to {@link CUSTOMER_NUMBER_MAX}: who can tell the next code may have
 * paid for it, or may wait for money that was paid to it.
 */
export function drawCustomerNumber(series: number): number {
  for (let drawn = 0; drawn < NUMBERS_MAX; drawn += 1) {
    const number = randomInt(1, CUSTOMER_NUMBER_MAX + 1);
    if (seriesOf(number) === series) return number;
  }
  throw new CodedError('config.invalid', `CODE_SERIES has no numbers: ${series}.`);
}

/**
 * Creates a wallet with a new code, drawn by `draw`, or with the customer's legacy code.
 * @throws CodedError `wallet.code_taken`, `wallet.external_ref_taken`, `wallet.codes_exhausted`.
 */
export async function createWallet(
  tx: Transaction,
  wanted: WantedWallet,
  draw: () => number,
): Promise<Wallet> {
  const id = newId('wallet');
  const { externalRef, name, createdBy } = wanted;
  const insert = (code: CustomerCode, codeKind: Wallet['codeKind']) =>
    insertWallet(tx, { id, code, codeKind, externalRef, name, createdBy });

  if (wanted.legacyCode !== null) {
    if (await insert(wanted.legacyCode, 'legacy')) return stored(tx, id);
    await refuseTakenReference(tx, externalRef);
    throw new CodedError('wallet.code_taken', 'Another wallet has this customer code.');
  }
  for (let drawn = 0; drawn < DRAWS_MAX; drawn += 1) {
    const code = customerCodeFromNumber(draw());
    if (!(await isCodeFree(tx, codesNear(code)))) continue;
    if (await insert(code, 'checked')) return stored(tx, id);
    await refuseTakenReference(tx, externalRef);
  }
  throw new CodedError(
    'wallet.codes_exhausted',
    `Of ${DRAWS_MAX} customer codes drawn at random, each is in use or was named by a payment: nearly all of this series are taken.`,
  );
}

async function refuseTakenReference(tx: Transaction, externalRef: string | null): Promise<void> {
  if (externalRef === null || (await findWalletByExternalRef(tx, externalRef)) === null) return;
  throw new CodedError(
    'wallet.external_ref_taken',
    'Another wallet has this external reference: use that wallet.',
  );
}

async function stored(tx: Transaction, id: string): Promise<Wallet> {
  const wallet = await findWallet(tx, id);
  invariant(wallet !== null, 'A wallet that was just stored is missing.');
  return wallet;
}
