import { addDays } from './calendar.ts';
import { DEBIT, credited, inReview, type Expectation, type LineDraft } from './line.ts';
import {
  DOUBTFUL,
  READABLE,
  otherCode,
  unknownCode,
  withWrongCheckDigit,
  type Draw,
  type Mangled,
  type Wallets,
} from './manglings.ts';
import type { Random } from './random.ts';

export type Mix = 'clean' | 'demo' | 'hostile';

export interface GenerateRequest {
  readonly wallets: Wallets;
  readonly count: number;
  /** Number of booking days, up to and including `today`. */
  readonly days: number;
  readonly mix: Mix;
  readonly today: string;
}

/**
 * Texts that banks put before the payer's text. `CASHFOCUS` is left out on purpose: it ends in `CUS`, so a bare number after
 * it in a joined description would read as a code, for which no outcome is defined.
 */
const BANK_TEXTS = [
  'PAYSHAP CREDIT',
  'FNB APP PAYMENT FROM',
  'INT-BANKING PMT FRM',
  'MAGTAPE CREDIT CAPITEC',
  'ACB CREDIT',
  'RTC CREDIT',
  'IMMEDIATE TRF CR CAPITEC',
  'DIGITAL PAYMENT CR ABSA BANK',
  'CREDIT TRANSFER',
  'Inward EFT Credit',
] as const;

const MANGLINGS = [...READABLE, ...DOUBTFUL];

/** Makes lines with a known outcome: the same random and request give the same lines. */
export function generateLines(random: Random, request: GenerateRequest): readonly LineDraft[] {
  switch (request.mix) {
    case 'clean':
      return Array.from({ length: request.count }, () => cleanLine(random, request));
    case 'demo':
      return demoLines(random, request);
    case 'hostile':
      return hostileLines(random, request);
  }
}

interface Facts {
  readonly kind: string;
  readonly reference: string;
  readonly description: string;
  readonly amountMinor: bigint;
  readonly bookingDate: string;
  readonly expectation: Expectation;
}

function booked(facts: Facts): LineDraft {
  const direction = facts.expectation.outcome === 'debit' ? 'debit' : 'credit';
  return { ...facts, direction, status: 'booked', id: null };
}

function someDay(random: Random, { today, days }: GenerateRequest): string {
  return addDays(today, -random.int(days));
}

/** Mostly whole credits, sometimes odd cents, sometimes less than one credit. */
function someAmount(random: Random): bigint {
  const roll = random.int(10);
  if (roll < 6) return BigInt(1 + random.int(20)) * 5_000n;
  if (roll < 9) return BigInt(1_000 + random.int(199_000));
  return BigInt(1 + random.int(4_999));
}

function someFee(random: Random, bookingDate: string): LineDraft {
  return booked({
    kind: 'fee',
    reference: '',
    description: 'MONTHLY SERVICE CHARGE',
    amountMinor: BigInt(100 + random.int(20_000)),
    bookingDate,
    expectation: DEBIT,
  });
}

function cleanLine(random: Random, request: GenerateRequest): LineDraft {
  const { codes, legacyCodes } = request.wallets;
  const all = [...codes, ...legacyCodes];
  const code = all[random.int(all.length)] ?? codes[0];
  return booked({
    kind: 'exact',
    reference: code,
    description: random.pick(BANK_TEXTS),
    amountMinor: someAmount(random),
    bookingDate: someDay(random, request),
    expectation: credited(code),
  });
}

function hostileLines(random: Random, request: GenerateRequest): readonly LineDraft[] {
  const lines: LineDraft[] = [];
  let previousCredit: LineDraft | null = null;
  while (lines.length < request.count) {
    const roll = random.int(100);
    if (roll < 2) {
      lines.push(someFee(random, someDay(random, request)));
    } else if (roll < 4) {
      lines.push({ ...cleanLine(random, request), kind: 'pending', status: 'pending' });
    } else if (roll < 8 && previousCredit !== null) {
      lines.push({ ...previousCredit, kind: `${previousCredit.kind}_twin` });
    } else {
      previousCredit = mangledLine(random, request);
      lines.push(previousCredit);
    }
  }
  return lines;
}

function mangledLine(random: Random, request: GenerateRequest): LineDraft {
  const { wallets } = request;
  for (;;) {
    const code = wallets.codes[random.int(wallets.codes.length)] ?? wallets.codes[0];
    const mangling = MANGLINGS[random.int(MANGLINGS.length)];
    const mangled = mangling?.make({ random, wallets, code, digits: code.slice(3) }) ?? null;
    if (mangling === undefined || mangled === null) continue;
    return booked({
      kind: mangling.kind,
      description: random.pick(BANK_TEXTS),
      ...mangled,
      amountMinor: someAmount(random),
      bookingDate: someDay(random, request),
    });
  }
}

/** Lines for the demo: one of each outcome of a deposit, then exact lines up to `count`. */
function demoLines(random: Random, request: GenerateRequest): readonly LineDraft[] {
  const scene = demoScene(random, request.wallets).map(({ rand, ...facts }, index) =>
    booked({
      description: BANK_TEXTS[index % BANK_TEXTS.length] ?? BANK_TEXTS[0],
      ...facts,
      amountMinor: rand,
      // Lines come two to a day, so the twins share a day.
      bookingDate: addDays(request.today, -(Math.floor(index / 2) % request.days)),
    }),
  );
  const pending: LineDraft = { ...cleanLine(random, request), kind: 'pending', status: 'pending' };
  const fee = someFee(random, request.today);
  const legacy = request.wallets.legacyCodes.slice(0, 1).map((code) => ({
    ...cleanLine(random, request),
    kind: 'legacy_exact',
    reference: code,
    expectation: credited(code),
  }));
  const whole = [...scene, ...legacy, fee, pending];
  const more = Math.max(0, request.count - whole.length);
  return [...whole, ...Array.from({ length: more }, () => cleanLine(random, request))];
}

interface DemoScene extends Mangled {
  readonly kind: string;
  readonly rand: bigint;
}

function demoScene(random: Random, wallets: Wallets): readonly DemoScene[] {
  const code = (index: number) => wallets.codes[index % wallets.codes.length] ?? wallets.codes[0];
  const digits = (index: number) => code(index).slice(3);
  const spaced = `CUS ${digits(2).slice(0, 4)} ${digits(2).slice(4)}`;
  const draw: Draw = { random, wallets, code: code(0), digits: digits(0) };
  const twin = { kind: 'twin', rand: 15_000n, reference: code(3), description: 'RTC CREDIT' };
  const wrong = withWrongCheckDigit(random, wallets, code(1)) ?? 'CUS00000001';
  return [
    { kind: 'exact', rand: 25_000n, reference: code(0), expectation: credited(code(0)) },
    {
      kind: 'lower_case',
      rand: 10_000n,
      reference: code(1).toLowerCase(),
      expectation: credited(code(1)),
    },
    { ...twin, expectation: credited(code(3)) },
    { ...twin, expectation: credited(code(3)) },
    {
      kind: 'bank_prefix',
      rand: 7_500n,
      reference: `FNB APP PAYMENT FROM ${spaced}`,
      expectation: credited(code(2)),
    },
    { kind: 'remainder', rand: 4_999n, reference: code(0), expectation: credited(code(0)) },
    {
      kind: 'unknown_code',
      rand: 30_000n,
      reference: unknownCode(random, wallets),
      expectation: inReview('unknown_code'),
    },
    {
      kind: 'wrong_check_digit',
      rand: 5_000n,
      reference: wrong,
      expectation: inReview('check_digit'),
    },
    { kind: 'no_reference', rand: 20_000n, reference: '', expectation: inReview('no_code') },
    {
      kind: 'two_codes',
      rand: 10_000n,
      reference: `${code(0)} ${otherCode(draw)}`,
      expectation: inReview('several_codes'),
    },
    {
      kind: 'prefix_missing',
      rand: 5_000n,
      reference: digits(1),
      expectation: inReview('needs_guess'),
    },
  ];
}
