import { applyDecision } from '../../../activities/apply-decision.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { openReview } from '../../../activities/open-review.ts';
import { anUnpaired, newDeposit, read } from '../../support/reads.ts';
import { aSighting, createTestDependencies } from '../../support/activities.ts';
import type { TestDatabase } from '../../support/database.ts';
import { aDecision, type WantedDecision } from '../../support/decisions.ts';
import { seedBankAccount } from '../../support/ledger.ts';

const ACCOUNT = 'second';

/**
 * A bank account whose lines vanished: one that was credited, came back and was credited again, and one that nobody was
 * credited with and that stayed away. And a credit that a person paired with the line that reverses it.
 */
export async function seedVanished(test: TestDatabase, code: string): Promise<void> {
  await seedBankAccount(test.db, ACCOUNT);
  const dependencies = createTestDependencies(test.db);
  const decide = async (wanted: WantedDecision) => {
    const { depositId } = wanted;
    const decisionId = await aDecision(test.owner, wanted);
    await applyDecision(dependencies, { depositId, decisionId });
  };
  const paired = aSighting({ references: [`${code} paired`], amountMinor: 3_300n });
  const depositId = newDeposit((await read(test, ACCOUNT, [paired])).captured);
  await creditWallet(dependencies, { depositId });
  const { debit, lineId } = await anUnpaired(test, ACCOUNT, { amountMinor: 3_800n });
  await decide({ depositId, kind: 'pair', lineId });

  const others = [paired, debit];
  const back = aSighting({ references: [`${code} back`], amountMinor: 7_600n });
  const gone = aSighting({ references: ['no code at all'], amountMinor: 4_100n });
  const backId = newDeposit((await read(test, ACCOUNT, [...others, back])).captured);
  await creditWallet(dependencies, { depositId: backId });
  const goneId = newDeposit((await read(test, ACCOUNT, [...others, back, gone])).captured);
  await openReview(dependencies, { depositId: goneId, reason: 'no_reference' });
  await read(test, ACCOUNT, others);
  await read(test, ACCOUNT, others);
  await decide({ depositId: backId, kind: 'take_back' });
  await decide({ depositId: goneId, kind: 'take_back' });
  await read(test, ACCOUNT, [...others, back]);
  await creditWallet(dependencies, { depositId: backId });
}
