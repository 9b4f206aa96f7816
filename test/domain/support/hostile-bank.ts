import { createLineStore, type LineStore } from './line-store.ts';
import { AMOUNTS, CUSTOMERS, NAMES, type Payment } from './payment.ts';
import { randomOf, type Random } from './random.ts';
import { dayOf, ONE_ROW, wholeDays, type BankRow } from './shown-rows.ts';
import { groupBy } from '../../../domain/group-by.ts';

/** Everything that real banks were seen to do beyond showing each line once. */
export const TRICKS = [
  'renumbered',
  'reissued',
  'moved',
  'recoded',
  'reamounted',
  'worded',
  'reworded',
  'batched',
  'late',
  'files',
  'phantom',
  'twice',
  'lagging',
  'vanished',
] as const;
export type Trick = (typeof TRICKS)[number];

const FILES = ['camt.053', 'mt940'] as const;
/** The poll reads this many days before today again. */
const OVERLAP_DAYS = 7;
const LAST_DAY = 9;

export interface HostileBank {
  readonly store: LineStore;
  readonly payments: readonly Payment[];
}

/** A bank with some tricks, whose moves come from a seed. */
export function playHistory(
  seed: number,
  tricks: ReadonlySet<Trick>,
  store: LineStore = createLineStore(),
): HostileBank {
  const random = randomOf(seed);
  const bank = createBank(random, tricks, store);
  const moves = 18 + random.below(14);
  for (let move = 0; move < moves; move += 1) bank.move();
  bank.settle();
  return { store, payments: bank.payments };
}

function createBank(random: Random, tricks: ReadonlySet<Trick>, store: LineStore) {
  const payments: Payment[] = [];
  const notices: BankRow[] = [];
  let today = 2;
  let issued = 0;
  let batches = 0;
  let polls = 0;
  const has = (trick: Trick) => tricks.has(trick);
  const nextId = () => `T${String((issued += 1)).padStart(8, '0')}`;
  const booked = () => payments.filter(({ isGone }) => !isGone);

  const add = (given: Partial<Payment> = {}): Payment => {
    const code = random.chance(70) ? (random.pick(CUSTOMERS) ?? null) : null;
    const amountMinor = random.pick(AMOUNTS) ?? 5_000n;
    const payment: Payment = {
      key: payments.length,
      day: Math.max(0, today - (has('late') && random.chance(25) ? random.below(4) : 0)),
      code,
      amountMinor,
      name: random.pick(NAMES) ?? '',
      id: nextId(),
      lag: has('lagging') && random.chance(40) ? 1 + random.below(2) : 0,
      wording: 0,
      batch: null,
      isGone: false,
      isTouched: false,
      changedAt: -1,
      versions: [],
      ...given,
    };
    payment.versions.push({ code: payment.code, amountMinor: payment.amountMinor });
    payments.push(payment);
    return payment;
  };

  const textOf = (payment: Payment, source: string): string => {
    const said = payment.code ?? payment.name;
    const isCut = has('worded') && payment.key % 3 === 0 && source !== 'poll';
    // A source may leave the payer's reference out.
    const text = isCut && source !== 'mt940' ? 'EFT CREDIT' : said;
    const suffix = ['', ' PAYMENT', ' RTC'][payment.wording % 3] ?? '';
    if (!has('worded')) return `${text}${suffix}`;
    return (
      { poll: `${text}${suffix}`, webhook: `PAYSHAP ${text}`, 'camt.053': `${text} EFT` }[source] ??
      `EREF ${text}`
    );
  };
  const idOf = (payment: Payment, shown: readonly Payment[], source: string): string | null => {
    if (source !== 'poll' && source !== 'webhook') return null;
    if (source === 'poll' && has('renumbered'))
      return `${dayOf(payment.day)}-${shown.filter(({ day, key }) => day === payment.day && key < payment.key).length + (payment.key % 2 === 0 ? 0 : 1)}`;
    return source === 'webhook' && has('reissued') ? `W${payment.key}` : payment.id;
  };
  const rowOf = (payment: Payment, shown: readonly Payment[], source: string): BankRow => ({
    id: idOf(payment, shown, source),
    day: dayOf(payment.day),
    amountMinor: payment.amountMinor,
    reference: textOf(payment, source),
  });

  /** Batches: the poll shows totals, files show parts that name the entry. */
  const rowsOf = (shown: readonly Payment[], source: string): readonly BankRow[] => {
    const single = shown
      .filter(({ batch }) => batch === null)
      .map((each) => rowOf(each, shown, source));
    const grouped = groupBy(
      shown.filter(({ batch }) => batch !== null),
      ({ batch }) => batch,
    );
    const batched = [...grouped].flatMap(([batch, parts]): readonly BankRow[] => {
      const amountMinor = parts.reduce((sum, part) => sum + part.amountMinor, 0n);
      const bankId = `BATCH${batch}`;
      if (source === 'camt.053')
        return parts.map((part) => ({
          ...rowOf(part, shown, source),
          batch: { bankId, amountMinor },
        }));
      const day = dayOf(parts[0]?.day ?? 0);
      return [{ id: bankId, day, amountMinor, reference: `BATCH CREDIT ${parts.length} ITEMS` }];
    });
    return [...single, ...batched];
  };

  const poll = (meanwhile: () => void = () => undefined): void => {
    const from = Math.max(0, today - OVERLAP_DAYS);
    const shown = booked().filter(({ day, lag }) => day >= from && lag <= 0);
    for (const payment of payments) if (payment.lag > 0) payment.lag -= 1;
    const rows = rowsOf(shown, 'poll');
    polls += 1;
    const storedBefore = store.lines().length;
    meanwhile();
    const cut = random.below(Math.max(1, rows.length));
    store.capture(
      [...rows.slice(cut), ...rows.slice(0, cut)],
      wholeDays(dayOf(from), dayOf(today), dayOf(today - 1)),
      { idStable: false, storedBefore },
    );
  };
  const notify = (row: BankRow) => store.capture([row], ONE_ROW, { feed: 'webhook' });
  const sendWebhook = (payment: Payment | undefined): void => {
    if (payment === undefined || payment.batch !== null) return;
    const row = rowOf(payment, booked(), 'webhook');
    notices.push(row);
    notify(row);
    if (has('twice') && random.chance(30))
      notify({ ...row, id: `${row.id}B`, reference: `CREDIT ${row.reference}` });
  };
  const sendFile = (): void => {
    const source = random.pick(FILES) ?? 'mt940';
    const to = Math.max(0, today - 1 - random.below(2));
    const from = Math.max(0, to - random.below(5));
    const told = booked().filter(({ day, lag }) => day >= from && day <= to && lag <= 0);
    const rows = rowsOf(told, source);
    const scope = wholeDays(dayOf(from), dayOf(to));
    store.capture(rows, scope, { feed: 'file', source, idStable: false });
    if (random.chance(40)) store.capture(rows, scope, { feed: 'file', source, idStable: false });
  };

  const acts: readonly (readonly [weight: number, Trick | null, () => void])[] = [
    [8, null, () => void add()],
    [
      2,
      null,
      () => {
        const one = random.pick(booked().filter(({ day }) => day >= today - 4));
        if (one?.batch === null)
          add({ code: one.code, amountMinor: one.amountMinor, day: one.day, name: one.name });
      },
    ],
    [6, null, () => poll()],
    [4, null, () => sendWebhook(random.pick(booked().filter(({ day }) => day >= today - 1)))],
    [
      2,
      null,
      () => {
        const row = random.pick(notices);
        if (row !== undefined) notify(row);
      },
    ],
    [
      4,
      null,
      () => {
        poll();
        today = Math.min(LAST_DAY, today + 1);
        poll();
      },
    ],
    [
      1,
      null,
      () => poll(() => sendWebhook(random.pick(booked().filter(({ day }) => day === today)))),
    ],
    [
      3,
      'moved',
      () =>
        touch((one) => {
          one.day = Math.min(today, Math.max(0, one.day + 1 + random.below(5)));
        }),
    ],
    [
      2,
      'recoded',
      () =>
        touch((one) => {
          if (one.code !== null) one.code = random.pick(CUSTOMERS) ?? null;
        }),
    ],
    [
      2,
      'reamounted',
      () =>
        touch((one) => {
          one.amountMinor = random.pick(AMOUNTS) ?? 5_000n;
        }),
    ],
    [
      2,
      'reworded',
      () =>
        touch((one) => {
          one.wording += 1;
        }, false),
    ],
    [
      2,
      'reissued',
      () => {
        for (const each of payments) each.id = nextId();
      },
    ],
    [
      2,
      'batched',
      () => {
        const batch = (batches += 1);
        const day = today;
        for (let part = 0; part < 2 + random.below(2); part += 1)
          add({ batch, day, lag: 0, code: random.pick(CUSTOMERS) ?? null });
      },
    ],
    [3, 'files', () => sendFile()],
    [
      1,
      'phantom',
      () => {
        const one = add({ isTouched: true, batch: null });
        sendWebhook(one);
        one.isGone = true;
      },
    ],
    [
      1,
      'vanished',
      () =>
        touch((one) => {
          one.isGone = true;
        }),
    ],
  ];
  /** A bank corrects one thing at a time: two at once leave no evidence to anybody. */
  const touch = (change: (payment: Payment) => void, isTouched = true): void => {
    const one = random.pick(
      booked().filter(
        ({ batch, changedAt, day }) => batch === null && day >= today - 5 && changedAt < polls,
      ),
    );
    if (one === undefined) return;
    one.changedAt = polls;
    change(one);
    if (isTouched) one.isTouched = true;
    one.versions.push({ code: one.code, amountMinor: one.amountMinor });
  };
  const playable = acts.flatMap(([weight, trick, act]) =>
    trick === null || has(trick) ? Array.from({ length: weight }, () => act) : [],
  );
  return {
    payments,
    move: () => random.pick(playable)?.(),
    /** Every day is over and read four times, without a lag. */
    settle: () => {
      for (const payment of payments) payment.lag = 0;
      poll();
      today += 1;
      for (let read = 0; read < 4; read += 1) poll();
    },
  };
}
