import type { FastifyInstance } from 'fastify';
import { sendProblem } from './answer.ts';
import type { Selection } from './line-store.ts';
import { addDays, isDay } from './calendar.ts';
import { isWholeCode } from './customer-code.ts';
import { generateLines, type Mix } from './generate.ts';
import {
  DEBIT,
  credited,
  inReview,
  type BankLine,
  type Expectation,
  type LineDraft,
} from './line.ts';
import type { Simulation } from './simulation.ts';

interface ExactLine {
  readonly reference: string;
  readonly description: string;
  readonly amountMinor: string;
  readonly direction: 'credit' | 'debit';
  readonly bookingDate?: string;
  readonly status: 'booked' | 'pending';
  readonly id?: string;
  readonly expect?: {
    readonly outcome: 'credited' | 'in_review' | 'debit';
    readonly code?: string;
    readonly reasonHint?: string;
  };
}

interface GenerateBody {
  readonly codes: readonly string[];
  readonly legacyCodes: readonly string[];
  readonly count: number;
  readonly days: number;
  readonly mix: Mix;
}

/** Routes that make lines, and that change how the bank shows existing lines. */
export function addAdminLines(admin: FastifyInstance, simulation: Simulation): void {
  addMaking(admin, simulation);
  addChanging(admin, simulation);
}

function addMaking(admin: FastifyInstance, { bank }: Simulation): void {
  admin.post<{ Body: readonly ExactLine[] }>(
    '/lines',
    { schema: { body: LINES_SCHEMA } },
    async (request, reply) => {
      const today = bank.today();
      for (const line of request.body) {
        const fault = faultOf(line);
        if (fault !== null) return sendProblem(reply, 400, fault);
      }
      return named(bank.addLines(request.body.map((line) => toDraft(line, today))));
    },
  );
  admin.post<{ Body: GenerateBody }>(
    '/generate',
    { schema: { body: GENERATE_SCHEMA } },
    async (request, reply) => {
      const { codes, legacyCodes, count, days, mix } = request.body;
      const [first, ...more] = codes;
      const broken = codes.find((code) => !isWholeCode(code) && !legacyCodes.includes(code));
      if (broken !== undefined || first === undefined) {
        const found = broken ?? 'no code';
        return sendProblem(reply, 400, `Found ${found}: send codes with a correct check digit.`);
      }
      const lines = generateLines(bank.nextRandom(), {
        wallets: { codes: [first, ...more], legacyCodes },
        count,
        days,
        mix,
        today: bank.today(),
      });
      return named(bank.addLines(lines));
    },
  );
}

/** The reason why this exact line cannot be made, or null. */
function faultOf({ bookingDate, direction, expect }: ExactLine): string | null {
  if (bookingDate !== undefined && !isDay(bookingDate)) return `${bookingDate} is not a day.`;
  if (expect === undefined) return null;
  if ((direction === 'debit') !== (expect.outcome === 'debit')) {
    return 'A debit must be expected as a debit, and only a debit.';
  }
  const needsCode = expect.outcome === 'credited' && expect.code === undefined;
  return needsCode ? 'A line expected to be credited must name the code of the wallet.' : null;
}

function toDraft(line: ExactLine, today: string): LineDraft {
  return {
    kind: 'stated',
    reference: line.reference,
    description: line.description,
    amountMinor: BigInt(line.amountMinor),
    direction: line.direction,
    bookingDate: line.bookingDate ?? today,
    status: line.status,
    id: line.id ?? null,
    expectation: expectationOf(line),
  };
}

/** Without a stated expectation, only a bare whole code identifies a customer. */
function expectationOf({ direction, reference, expect }: ExactLine): Expectation {
  if (direction === 'debit') return DEBIT;
  if (expect === undefined) {
    return isWholeCode(reference) ? credited(reference) : inReview('not_stated');
  }
  return expect.outcome === 'credited'
    ? credited(expect.code ?? '')
    : inReview(expect.reasonHint ?? 'not_stated');
}

function named(lines: readonly BankLine[]): { count: number; ids: string[]; keys: string[] } {
  return {
    count: lines.length,
    ids: lines.map((line) => line.id),
    keys: lines.map((line) => line.key),
  };
}

interface EditBody extends Selection {
  readonly field: 'description' | 'reference';
  readonly text?: string;
}

interface AmountBody {
  readonly ids: readonly string[];
  readonly amountMinor: string;
}

function addChanging(admin: FastifyInstance, { bank }: Simulation): void {
  const selection = { schema: { body: SELECTION_SCHEMA } };
  admin.post<{ Body: Selection }>('/book-pending', selection, (request) =>
    named(bank.bookPending(request.body)),
  );
  admin.post<{ Body: Selection }>('/reissue-ids', selection, (request) =>
    named(bank.reissueIds(request.body)),
  );
  admin.post<{ Body: Selection }>('/withdraw', selection, (request) =>
    named(bank.withdraw(request.body)),
  );
  admin.post<{ Body: EditBody }>('/edit-text', { schema: { body: EDIT_SCHEMA } }, (request) => {
    const { field, text, ...which } = request.body;
    const lines = bank.select(which);
    for (const line of lines) {
      // An edit alone leaves the truth unchanged: a whole code remains a whole code.
      const edited = text ?? `${line[field]} EFT`.trimStart();
      bank.change(line, field === 'description' ? { description: edited } : { reference: edited });
    }
    return named(lines);
  });
  admin.post<{ Body: Selection & { readonly id: string } }>(
    '/set-ids',
    { schema: { body: { ...SELECTION_SCHEMA, required: ['id'], properties: SET_ID } } },
    (request) => {
      const { id, ...which } = request.body;
      const lines = bank.select(which);
      for (const line of lines) bank.change(line, { id });
      return named(lines);
    },
  );
  admin.post<{ Body: Selection & { readonly days: number } }>(
    '/shift-date',
    { schema: { body: { ...SELECTION_SCHEMA, required: ['days'], properties: SHIFT } } },
    (request) => {
      const { days, ...which } = request.body;
      const lines = bank.select(which);
      for (const line of lines) {
        bank.change(line, { bookingDate: addDays(line.bookingDate, days) });
      }
      return named(lines);
    },
  );
  admin.post<{ Body: AmountBody }>(
    '/change-amount',
    { schema: { body: AMOUNT_SCHEMA } },
    (request) => {
      const lines = bank.select({ ids: request.body.ids });
      const amountMinor = BigInt(request.body.amountMinor);
      for (const line of lines) bank.change(line, { amountMinor });
      return named(lines);
    },
  );
}

const AMOUNT = { type: 'string', pattern: '^[0-9]{1,18}$' } as const;
const IDS = { type: 'array', items: { type: 'string' } } as const;
const SHARE = { type: 'number', minimum: 0, maximum: 1 } as const;

const LINES_SCHEMA = {
  type: 'array',
  items: {
    type: 'object',
    required: ['reference', 'amountMinor'],
    additionalProperties: false,
    properties: {
      reference: { type: 'string' },
      description: { type: 'string', default: 'PAYSHAP CREDIT' },
      amountMinor: AMOUNT,
      direction: { enum: ['credit', 'debit'], default: 'credit' },
      bookingDate: { type: 'string' },
      status: { enum: ['booked', 'pending'], default: 'booked' },
      id: { type: 'string' },
      expect: {
        type: 'object',
        required: ['outcome'],
        additionalProperties: false,
        properties: {
          outcome: { enum: ['credited', 'in_review', 'debit'] },
          code: { type: 'string' },
          reasonHint: { type: 'string' },
        },
      },
    },
  },
} as const;

const GENERATE_SCHEMA = {
  type: 'object',
  required: ['codes'],
  additionalProperties: false,
  properties: {
    codes: IDS,
    legacyCodes: { ...IDS, default: [] },
    count: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 },
    days: { type: 'integer', minimum: 1, maximum: 3_650, default: 3 },
    mix: { enum: ['clean', 'demo', 'hostile'], default: 'clean' },
  },
} as const;

const SET_ID = { ids: IDS, share: SHARE, id: { type: 'string' } } as const;
const SHIFT = {
  ids: IDS,
  share: SHARE,
  days: { type: 'integer', minimum: -31, maximum: 31 },
} as const;

const SELECTION_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: { ids: IDS, share: SHARE },
} as const;

const EDIT_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ids: IDS,
    share: SHARE,
    field: { enum: ['description', 'reference'], default: 'description' },
    text: { type: 'string' },
  },
} as const;

const AMOUNT_SCHEMA = {
  type: 'object',
  required: ['ids', 'amountMinor'],
  additionalProperties: false,
  properties: { ids: IDS, amountMinor: AMOUNT },
} as const;
