import { applyDecision } from '../../../activities/apply-decision.ts';
import { newId } from '../../../db/new-id.ts';
import { openReviews } from '../../../db/queries/reviews.ts';
import { spendCredits } from '../../../app/wallet/spend-credits.ts';
import { createTestDependencies } from '../../support/activities.ts';
import { sealAll } from '../../support/audit.ts';
import type { TestDatabase } from '../../support/database.ts';
import { aDecision, aPersonsKey } from '../../support/decisions.ts';
import {
  aLine,
  capture,
  credit,
  DAY,
  returnDeposit,
  seedBankAccount,
  seedWallet,
} from '../../support/ledger.ts';
import { seedHeld } from './held-seed.ts';
import { seedVanished } from './vanished-seed.ts';

const WALLETS = 8;
const DEPOSITS = 160;

/** Books of some months: hundreds of rows, with each kind of row that states money, a right or a decision. */
export async function seedBooks(test: TestDatabase): Promise<void> {
  const { db, owner } = test;
  await seedBankAccount(db, 'main');
  const wallets: string[] = [];
  for (let number = 1; number <= WALLETS; number += 1) wallets.push(await seedWallet(db, number));
  await owner`update wallets set external_ref = 'crm-' || code, name = 'Customer ' || code`;
  const walletOf = (index: number) => wallets[index % WALLETS] ?? '';
  for (let batch = 0; batch < DEPOSITS; batch += 20) {
    const names = Array.from({ length: 20 }, (_, index) => `d${batch + index}`);
    const ids = await capture(
      db,
      'main',
      names.map((name, index) =>
        aLine(name, BigInt(5_000 + 100 * index), {
          counterpartyName: `Payer ${name}`,
          counterpartyAccount: `6200${index}`,
          seen: { bankId: `T-${name}`, reference: name, balanceMinor: null, batch: null },
        }),
      ),
    );
    await credit(
      db,
      ids.map((depositId, index) => ({ depositId, walletId: walletOf(batch + index) })),
    );
    await sealAll(test);
  }
  await decideSome(test, wallets);
  const shop = newId('apiKey');
  await owner`
    insert into api_keys (id, secret_hash, name, caller, owner_kind, scopes) values (${shop}, 'hash', 'shop', 'shop', 'service', '{wallet:spend}')`;
  for (const walletId of wallets)
    await db.transaction((tx) =>
      spendCredits(tx, { walletId, credits: 3n, note: 'order 7', spentBy: shop, spentOn: DAY }),
    );
  await seedVanished(test, 'CUS00000001');
  await seedHeld(test);
  await seedDesk(test);
  await sealAll(test);
}

/** Returns in a payment file, a credit that two people split, and a deposit that waits in review. */
async function decideSome(test: TestDatabase, wallets: readonly string[]): Promise<void> {
  const { db, owner } = test;
  const [first = '', second = '', split = '', review = ''] = await capture(db, 'main', [
    aLine('return-1', 30_000n),
    aLine('return-2', 31_000n),
    aLine('split', 900_000n),
    aLine('review', 6_000n),
    aLine('open', 5_000n),
    aLine('fee', -250n),
    aLine('notice', 0n),
  ]);
  const decisions = [await returnDeposit(db, owner, first), await returnDeposit(db, owner, second)];
  const taker = await aPersonsKey(owner, 'thandi');
  await owner`insert into return_exports (id, taken_by) values ('rex_1', ${taker})`;
  for (const decisionId of decisions)
    await owner`insert into return_export_items (export_id, decision_id) values ('rex_1', ${decisionId})`;
  const [one = '', two = ''] = wallets;
  const decisionId = await aDecision(owner, {
    depositId: split,
    kind: 'credit',
    split: [
      { walletId: one, amountMinor: 400_000n },
      { walletId: two, amountMinor: 500_000n },
    ],
  });
  await applyDecision(createTestDependencies(db), { depositId: split, decisionId });
  await db.transaction((tx) =>
    openReviews(tx, [{ depositId: review, reason: 'no_reference', candidates: [] }], {
      remindAt: [],
      escalateAt: null,
      dueAt: new Date('2026-12-20'),
    }),
  );
}

/** What people and banks left beside the money: gates, comments, files, proofs, events, claims. */
async function seedDesk({ owner }: TestDatabase): Promise<void> {
  const [key] = await owner<{ id: string }[]>`select id from api_keys where person = 'thandi'`;
  const keyId = key?.id ?? '';
  await owner`insert into gates (scope, state, cause, reason, changed_by) values ('main', 'closed', 'operator', 'audit', ${keyId})`;
  await owner`insert into review_comments (deposit_id, key_id, person, text) select min(deposit_id), ${keyId}, 'thandi', 'asked the payer' from reviews`;
  await owner`insert into statement_files (id, bank_account_key, sha256, state) values ('stf_1', 'main', 'x', 'captured')`;
  await owner`
    insert into statements (file_id, position, format, account, opening_minor, closing_minor, proof, difference_minor, proved_by, line_count, state)
    values ('stf_1', 1, 'camt.053', '62000', 0, 100, 'ok', 0, 'itself', 1, 'captured')`;
  await owner`
    insert into day_proofs (bank_account_key, day, source, moment, opening_on, opening_minor, bank_minor, ledger_minor, difference_minor, suspense_minor, open_minor, open_count)
    values ('main', ${DAY}, 'api', 'now', ${DAY}, 0, 100, 100, 0, 0, 0, 0)`;
  await owner`
    insert into bank_events (bank_account_key, event_id, body, body_sha256) values ('main', 'evt-1', 'CUS00000018', 'x')`;
  await owner`
    insert into claims (id, wallet_id, amount_minor, paid_on, made_by, expires_at)
    select 'clm_1', min(id), 5000, ${DAY}, ${keyId}, now() + interval '1 day' from wallets`;
  await owner`
    insert into payer_revocations (wallet_id, deposit_id, revoked_by, reason)
    select wallet_id, id, ${keyId}, 'wrong payer' from deposits where state = 'credited' limit 1`;
}
