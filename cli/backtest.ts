import type { Database, Transaction } from '../db/client.ts';
import {
  findStoredObjections,
  findWhatHappened,
  listShadowReviews,
} from '../db/queries/backtest.ts';
import { readSnapshot } from '../db/read-snapshot.ts';
import { findObjections } from '../app/credit/objections.ts';
import {
  findWalletsByCode,
  listDepositFacts,
  type DepositFacts,
} from '../db/queries/settlement.ts';
import { invariant } from '../domain/invariant.ts';
import { isOpen } from '../domain/ledger/deposit.ts';
import type { LocalDate } from '../domain/local-date.ts';
import type { DepositToOwn, Objections, WalletOfCode } from '../domain/review/owner.ts';
import { readReferences } from '../domain/reference/reference.ts';
import {
  differenceOf,
  isWrong,
  RULE_DIFFERENCES,
  type Decided,
  type RuleDifference,
  type WhatHappened,
} from '../domain/review/rules-difference.ts';
import { codesToFind, decideByRules, type Rules } from '../domain/review/rules.ts';

const PAGE = 500;

/** The decider in a backtest: given rules with the present code, or the code of another revision. */
export interface Judge {
  readonly rules: Rules | null;
  /** The revision whose code decides; null means the code of this process. */
  readonly commit: string | null;
  readonly read: (texts: readonly string[]) => {
    /** The codes whose wallets the judge needs. */
    readonly codes: readonly string[];
    readonly decide: (
      deposit: DepositToOwn,
      wallets: ReadonlyMap<string, WalletOfCode>,
      objections: Objections | undefined,
    ) => Decided;
  };
}

export function judgeByRules(rules: Rules): Judge {
  return {
    rules,
    commit: null,
    read: (texts) => {
      const reading = readReferences(texts);
      return {
        codes: codesToFind(rules, reading),
        decide: (deposit, wallets, objections) =>
          decideByRules(rules, deposit, reading, wallets, objections),
      };
    },
  };
}

export interface Difference {
  readonly depositId: string;
  readonly bankAccountKey: string;
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly difference: RuleDifference;
  readonly from: WhatHappened;
  readonly to: Decided;
}

export interface BacktestReport {
  /** True if no money would go to a wallet that people, or the rules of that day, did not choose. */
  readonly ok: boolean;
  readonly rules: Rules | null;
  readonly commit: string | null;
  readonly deposits: number;
  readonly counts: Readonly<Record<RuleDifference, number>>;
  readonly differences: readonly Difference[];
}

/**
 * Decides every stored deposit again with another judge and the wallets of today, and compares the result with the past
 * outcome. Everything is read in one read-only snapshot.
 */
export async function backtest(
  db: Database,
  query: { readonly judge: Judge; readonly accountKey: string | null; readonly page?: number },
): Promise<BacktestReport> {
  const { judge, accountKey, page = PAGE } = query;
  const counts = new Map<RuleDifference, number>();
  const differences: Difference[] = [];
  await readSnapshot(db, async (tx) => {
    const list = (afterId: string) => listDepositFacts(tx, { accountKey, afterId, limit: page });
    for await (const deposits of pagesOf(list, page)) {
      for (const tried of await tryDeposits(tx, judge, deposits)) {
        counts.set(tried.difference, (counts.get(tried.difference) ?? 0) + 1);
        if (tried.difference !== 'same') differences.push(tried);
      }
    }
  });
  const countOf = (difference: RuleDifference) => counts.get(difference) ?? 0;
  return {
    ok: !RULE_DIFFERENCES.some((difference) => isWrong(difference) && countOf(difference) > 0),
    rules: judge.rules,
    commit: judge.commit,
    deposits: RULE_DIFFERENCES.reduce((sum, difference) => sum + countOf(difference), 0),
    counts: {
      same: countOf('same'),
      as_person: countOf('as_person'),
      credits_waiting: countOf('credits_waiting'),
      holds_credited: countOf('holds_credited'),
      other_wallet: countOf('other_wallet'),
      credits_refused: countOf('credits_refused'),
    },
    differences,
  };
}

async function tryDeposits(
  tx: Transaction,
  judge: Judge,
  deposits: readonly DepositFacts[],
): Promise<readonly Difference[]> {
  const readings = deposits.map((deposit) => ({ deposit, reading: judge.read(deposit.texts) }));
  const codes = readings.flatMap(({ reading }) => reading.codes);
  const wallets = await findWalletsByCode(tx, [...new Set(codes)]);
  const happened = await findWhatHappened(
    tx,
    deposits.map((deposit) => deposit.depositId),
  );
  const objections = await findAllObjections(tx, deposits);
  return readings.map(({ deposit, reading }): Difference => {
    const { depositId, bankAccountKey, bookingDate, amountMinor, currency } = deposit;
    const from = happened.get(depositId);
    invariant(from !== undefined, 'Each deposit of the snapshot has a past.');
    // The backtest asks for the credits that an account in shadow withholds.
    const live = { ...deposit, mode: 'live' } as const;
    // A deposit that was credited by its code had no objection: later facts from the bank could not have held it.
    const isByCode = from.kind === 'credited' && from.by === 'code';
    const to = reading.decide(live, wallets, isByCode ? undefined : objections.get(depositId));
    const difference = differenceOf(from, to);
    return { depositId, bankAccountKey, bookingDate, amountMinor, currency, difference, from, to };
  });
}

/** The present objections to open deposits, and the stored objections of deposits that went to review. */
async function findAllObjections(
  tx: Transaction,
  deposits: readonly DepositFacts[],
): Promise<ReadonlyMap<string, Objections>> {
  const open = deposits.filter(({ state }) => isOpen(state));
  const today = await findObjections(tx, open);
  const stored = await findStoredObjections(
    tx,
    deposits.map(({ depositId }) => depositId),
  );
  return new Map([...today, ...stored]);
}

export interface ShadowReport {
  readonly accountKey: string;
  /** A person credited the wallet of the code. */
  readonly agreed: number;
  /** A person credited another wallet, or returned or dismissed the deposit. */
  readonly disagreed: readonly {
    readonly depositId: string;
    readonly codeWalletId: string;
    readonly happened: WhatHappened;
  }[];
  /** The code decided nothing; a person decided. */
  readonly withoutCode: number;
  /** The bank reversed it before a person decided. */
  readonly reversed: number;
  readonly waiting: number;
}

/** Compares the recorded would-be credits of the codes with the decisions of people. */
export async function reportShadow(db: Database, accountKey: string): Promise<ShadowReport> {
  const disagreed: ShadowReport['disagreed'][number][] = [];
  const counts = { agreed: 0, withoutCode: 0, reversed: 0, waiting: 0 };
  await readSnapshot(db, async (tx) => {
    const list = (afterId: string) => listShadowReviews(tx, { accountKey, afterId, limit: PAGE });
    for await (const reviews of pagesOf(list, PAGE)) {
      const past = await findWhatHappened(
        tx,
        reviews.map((review) => review.depositId),
      );
      for (const { depositId, isOpen, codeWalletId } of reviews) {
        const happened = past.get(depositId);
        invariant(happened !== undefined, 'Each review of the snapshot has a deposit.');
        if (isOpen) counts.waiting += 1;
        else if (happened.kind === 'reversed') counts.reversed += 1;
        else if (codeWalletId === null) counts.withoutCode += 1;
        else if (isCreditOf(happened, codeWalletId)) counts.agreed += 1;
        else disagreed.push({ depositId, codeWalletId, happened });
      }
    }
  });
  return { accountKey, ...counts, disagreed };
}

function isCreditOf(happened: WhatHappened, walletId: string): boolean {
  return happened.kind === 'credited' && happened.walletIds.every((each) => each === walletId);
}

/** One page at a time, each after the last id of the previous page. */
async function* pagesOf<T extends { readonly depositId: string }>(
  list: (afterId: string) => Promise<readonly T[]>,
  page: number,
): AsyncGenerator<readonly T[]> {
  for (let afterId = ''; ;) {
    const rows = await list(afterId);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return;
    afterId = last.depositId;
  }
}
