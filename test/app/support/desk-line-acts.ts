import type { Sighting } from '../../../domain/line/sighting.ts';
import {
  carryOut,
  expectSame,
  isStanding,
  lineOf,
  pick,
  type Act,
  type DeskCase,
} from './desk-case.ts';
import type { ModelDeposit, ModelRecall } from './desk-model.ts';
import { anUnpaired, readAlone } from '../../support/reads.ts';

/** Two complete reads of the day miss a line, which opens its case; the bank takes nothing back with it. */
export async function vanish(desk: DeskCase, act: Act): Promise<void> {
  const deposit = pick(
    desk.model.deposits.filter((each) => each.isShown && (isStanding(each) || act.how % 10 === 0)),
    act,
  );
  if (deposit === null) return;
  desk.model.hide(deposit);
  await readAlone(desk.test, desk.accountKey, shownBy(desk));
  await readDay(desk, { casesOpened: deposit.state === 'reversed' ? 0 : 1, restored: 0 });
}

/** The bank shows a line again: what was taken back begins anew, once, and nothing else changes. */
export async function comeBack(desk: DeskCase, act: Act): Promise<void> {
  const { model } = desk;
  const deposit = pick(
    model.deposits.filter((each) => !each.isShown && (each.isOffTheBooks || act.how % 5 === 0)),
    act,
  );
  if (deposit === null) return;
  model.show(deposit);
  await readDay(desk, { casesOpened: 0, restored: deposit.isOffTheBooks ? 1 : 0 });
  if (!deposit.isOffTheBooks) return;
  desk.heard.add('restored');
  model.beginAnew(deposit);
}

/** One complete read of the day, as the bank shows it now, and what follows it. */
async function readDay(
  desk: DeskCase,
  expected: { readonly casesOpened: number; readonly restored: number },
): Promise<void> {
  const { linesNew } = await readAlone(desk.test, desk.accountKey, shownBy(desk));
  const { casesOpened, reversed, restored } = await desk.followUp();
  expectSame(
    desk,
    JSON.stringify({ linesNew, reversed, casesOpened, restored }),
    JSON.stringify({ linesNew: 0, reversed: 0, ...expected }),
  );
}

function shownBy(desk: DeskCase): readonly Sighting[] {
  const shown = desk.model.deposits.filter(({ isShown }) => isShown);
  return [...shown.map((deposit) => lineOf(desk, deposit)), ...desk.debits];
}

/** Two people take a deposit back whose line is gone, or goes now; seldom another one, which is refused. */
export async function takeBackVanished(desk: DeskCase, act: Act): Promise<void> {
  const { model } = desk;
  const isGone = (deposit: ModelDeposit) => isStanding(deposit) && !deposit.isShown;
  const isRefused = act.how % 10 === 0;
  if (!isRefused && !model.deposits.some(isGone)) await vanish(desk, act);
  const deposit = pick(model.deposits.filter(isRefused ? isStanding : isGone), act);
  if (deposit === null) return;
  const outcome = await carryOut(desk, deposit.depositId, 'take_back');
  expectSame(desk, outcome, deposit.isShown ? 'case_not_open' : 'taken_back');
  if (!deposit.isShown) model.takeOffTheBooks(deposit);
}

/** Two people say what a recall took back; what it took beyond the deposit is the bank's charge. */
export async function pairByHand(desk: DeskCase, act: Act): Promise<void> {
  const { model } = desk;
  const deposit = pick(model.deposits.filter(isStanding), act);
  if (deposit === null) return;
  const recall = model.recalls[act.how % (model.recalls.length + 1)] ?? (await aRecall(desk, act));
  const fits = recall.amountMinor >= deposit.amountMinor;
  const outcome = await carryOut(desk, deposit.depositId, 'pair', { lineId: recall.lineId });
  expectSame(desk, outcome, recall.isPaired ? 'case_not_open' : fits ? 'paired' : 'pair_mismatch');
  if (outcome !== 'paired') return;
  recall.isPaired = true;
  model.end(deposit, 'reversed');
}

/** The bank takes money back and does not say of which deposit: after some days it is a person's matter. */
async function aRecall(desk: DeskCase, act: Act): Promise<ModelRecall> {
  const { accountKey, debits, model, test } = desk;
  const amountMinor = BigInt(1_000 + ((act.how * 37) % 100) * 500);
  const text = `RECALL NUMBER ${model.recalls.length}`;
  const given = { amountMinor, text };
  const { debit, lineId } = await anUnpaired(test, accountKey, given, desk.followUp);
  debits.push(debit);
  const recall: ModelRecall = { lineId, amountMinor, isPaired: false };
  model.takeFromBank(amountMinor);
  model.recalls.push(recall);
  return recall;
}
