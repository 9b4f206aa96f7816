import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import {
  findWallet,
  findWalletByExternalRef,
  hasLiveLegacyCode,
  insertWallet,
  nextCustomerNumber,
  type Wallet,
} from '../../db/queries/wallets.ts';
import {
  codesNear,
  customerCodeFromNumber,
  type CustomerCode,
} from '../../domain/reference/customer-code.ts';
import { CodedError } from '../../domain/errors.ts';
import { invariant } from '../../domain/invariant.ts';

/** Each attempt takes one number; no run of this many numbers collides with legacy codes throughout. */
const NUMBERS_TRIED_MAX = 200;

export interface WantedWallet {
  readonly externalRef: string | null;
  readonly name: string | null;
  /** A code that was issued before Purser; null for a new one. */
  readonly legacyCode: CustomerCode | null;
}

/** Creates a wallet with a new code, or with the customer's legacy code. */
export async function createWallet(tx: Transaction, wanted: WantedWallet): Promise<Wallet> {
  const id = newId('wallet');
  const { externalRef, name } = wanted;
  const insert = (code: CustomerCode, codeKind: Wallet['codeKind']) =>
    insertWallet(tx, { id, code, codeKind, externalRef, name });

  if (wanted.legacyCode !== null) {
    if (await insert(wanted.legacyCode, 'legacy')) return stored(tx, id);
    await refuseTakenReference(tx, externalRef);
    throw new CodedError('wallet.code_taken', 'Another wallet has this customer code.');
  }
  for (let tried = 0; tried < NUMBERS_TRIED_MAX; tried += 1) {
    const code = customerCodeFromNumber(await nextCustomerNumber(tx));
    if (await hasLiveLegacyCode(tx, codesNear(code))) continue;
    if (await insert(code, 'checked')) return stored(tx, id);
    await refuseTakenReference(tx, externalRef);
  }
  throw new CodedError('internal.unexpected', 'No free customer code was found.');
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
