import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { PAYER } from '../support/decisions.ts';
import { runPurser } from '../support/purser.ts';
import { createDecisionDesk, type DecisionDesk } from '../support/decision-desk.ts';
import {
  ACCOUNT,
  createdWallet,
  creditedDeposit,
  depositInReview,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
let desk: DecisionDesk;
let env: Readonly<Record<string, string>>;
let folder: string;
const keys = { thandi: '', sipho: '' };
beforeAll(async () => {
  service = await startApi();
  const address = await service.app.listen({ host: '127.0.0.1', port: 0 });
  desk = createDecisionDesk(service);
  keys.thandi = await desk.keyOf('Thandi');
  keys.sipho = await desk.keyOf('Sipho');
  folder = await mkdtemp(join(tmpdir(), 'purser-commands-'));
  env = {
    DATABASE_URL: service.database.url,
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    API_HOST: '127.0.0.1',
    API_PORT: new URL(address).port,
    PURSER_DATA_DIR: folder,
  };
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a person's command answers. */
function as(person: keyof typeof keys, ...args: readonly string[]) {
  return runPurser(args, { ...env, PURSER_API_KEY: keys[person] });
}

/** The same, as the JSON that it prints. */
async function answerOf(
  person: keyof typeof keys,
  ...args: readonly string[]
): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await as(person, ...args);
  if (code !== 0) throw new Error(`purser ${args.join(' ')} said: ${stderr}`);
  return JSON.parse(stdout) as Record<string, string>;
}

describe('purser review', () => {
  it('proposes a return, shows it with its hash, and takes the approval of a second person only', async () => {
    const depositId = await depositInReview(service, 1_500n);
    const { name, bank, account, branch } = PAYER;
    const proposed = await answerOf(
      'thandi',
      ...['review', 'decide', depositId, '--return', '--reason', 'sent twice'],
      ...['--payer', name, bank, branch ?? '', account],
    );
    expect(proposed).toMatchObject({ outcome: 'accepted', state: 'proposed' });
    const decisionId = proposed['decisionId'] ?? '';
    const seen = await answerOf('sipho', 'review', 'decision', decisionId);
    expect(seen).toMatchObject({ kind: 'return', payer: PAYER, reason: 'sent twice' });
    const approve = ['review', 'approve', decisionId, '--hash', seen['payloadSha256'] ?? ''];

    const own = await as('thandi', ...approve);
    expect(own.code).toBe(1);
    expect(own.stderr).toContain('[decision.same_person, see docs/errors.md]');
    expect(await answerOf('sipho', ...approve)).toMatchObject({ state: 'approved' });

    expect(await desk.apply(depositId, decisionId)).toMatchObject({ outcome: 'returned' });
    await verifyClean(service.database.db);
  });

  it('rejects a proposal with a reason, and moves nothing', async () => {
    const depositId = await depositInReview(service, 1_600n);
    const proposed = await answerOf(
      'thandi',
      ...['review', 'decide', depositId, '--dismiss', '--reason', 'interest'],
    );
    const decisionId = proposed['decisionId'] ?? '';
    expect(
      await answerOf('sipho', 'review', 'reject', decisionId, '--reason', 'a customer’s'),
    ).toMatchObject({ state: 'rejected' });
    expect(await desk.apply(depositId, decisionId)).toMatchObject({ outcome: 'not_approved' });
  });

  it('keeps, credits and corrects by code', async () => {
    const [wallet, right] = [await createdWallet(service), await createdWallet(service)];
    const depositId = await depositInReview(service, 1_700n);
    const until = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    const kept = await answerOf(
      'thandi',
      ...['review', 'decide', depositId, '--keep', until, '--reason', 'the payer calls back'],
    );
    expect(await desk.apply(depositId, kept['decisionId'] ?? '')).toMatchObject({
      outcome: 'kept',
    });
    const credited = await answerOf(
      'thandi',
      ...['review', 'decide', depositId, '--credit', wallet.code, '--reason', 'the payer called'],
    );
    expect(await desk.apply(depositId, credited['decisionId'] ?? '')).toMatchObject({
      outcome: 'credited',
    });
    const corrected = await answerOf(
      'thandi',
      ...['review', 'decide', depositId, '--correct', right.code, '--reason', 'a typing error'],
    );
    expect(corrected).toMatchObject({ state: 'proposed' });
  });

  it('says what is missing and exits 1 when an option or the key is missing', async () => {
    const depositId = await depositInReview(service, 1_800n);
    const decide = ['review', 'decide', depositId, '--reason', 'because'];
    const nothing = await as('thandi', ...decide);
    expect(nothing).toMatchObject({ code: 1, stdout: '' });
    expect(nothing.stderr).toContain('--credit CODE, --return, --dismiss, --keep DAY or --correct');
    const halfPayer = await as('thandi', ...decide, '--return', '--payer', 'A Payer', 'FNB');
    expect(halfPayer.stderr).toContain('--payer takes four values');
    const nobody = await runPurser([...decide, '--dismiss'], { ...env, PURSER_API_KEY: '' });
    expect(nobody.stderr).toContain('[auth.missing, see docs/errors.md]');
  });
});

describe('purser reviews', () => {
  it('lists what waits in words, as JSON and as CSV, by its filters', async () => {
    const depositId = await depositInReview(service, 987_600n);
    const bigOnes = ['reviews', '--min', '9000.00', '--account', ACCOUNT];
    const words = (await as('thandi', ...bigOnes)).stdout;
    expect(words).toContain(`${depositId}   ${ACCOUNT}   R9,876.00   due `);
    expect(words).toContain('The reference names a customer code that no wallet has.');
    expect(words.trimEnd().endsWith('1 deposit waits for a decision.')).toBe(true);
    expect(JSON.parse((await as('thandi', ...bigOnes, '--json')).stdout)).toMatchObject({
      open: 1,
      shown: 1,
      reviews: [{ depositId, reason: 'unknown_code' }],
    });
    const [heading, row, ...rest] = (await as('thandi', ...bigOnes, '--csv')).stdout
      .trimEnd()
      .split(/\r?\n/);
    expect(heading).toContain('deposit');
    expect(row).toContain(depositId);
    expect(rest).toEqual([]);
  });

  it('refuses an unknown filter and names it', async () => {
    const wrong = await as('thandi', 'reviews', '--state', 'late');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('state');
    expect(wrong.stderr).toContain('[request.invalid, see docs/errors.md]');
  });
});

describe('purser returns', () => {
  it('shows what is due, takes each return into one file, prints it again, and never overwrites a file', async () => {
    const depositId = await depositInReview(service, 2_500n);
    const proposed = await desk.propose(
      depositId,
      { kind: 'return', payer: PAYER, reason: 'sent by mistake' },
      keys.thandi,
    );
    await desk.approve(proposed, keys.sipho);
    await desk.apply(depositId, proposed.decisionId);
    const reference = `RTN${depositId.slice(-12).toUpperCase()}`;
    expect((await as('thandi', 'returns')).stdout).toContain(reference);

    const file = join(folder, 'friday.csv');
    const taken = await as('thandi', 'returns', '--export', file);
    const id = /exported as (rex_[0-9a-f]+)/.exec(taken.stdout)?.[1] ?? '';
    const text = await readFile(file, 'utf8');
    expect(text).toContain(reference);
    expect(text).toContain('25.00');
    expect((await as('thandi', 'returns', '--again', id)).stdout.trimEnd()).toBe(text.trimEnd());

    expect((await as('thandi', 'returns', '--export', file)).stdout).toBe('No return is due.\n');
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

describe('purser cases', () => {
  it('lists open cases, proposes a decision on one, closes another, and lists both with --all', async () => {
    const wallet = await createdWallet(service);
    const [gone, kept] = [
      await creditedDeposit(service, wallet.id, 5_000n),
      await creditedDeposit(service, wallet.id, 6_000n),
    ];
    const [one = '', other = ''] = await casesAbout(gone, kept);
    const list = (await as('thandi', 'cases', '--account', ACCOUNT)).stdout;
    expect(list).toContain(`${one}   ${ACCOUNT}   R50.00 of `);
    expect(list).toContain(
      `${gone} (credited)\n  reads do not show this line; its credits cannot be spent; open`,
    );

    const proposed = await answerOf(
      'thandi',
      ...['cases', 'take-back', one, '--reason', 'the bank says so'],
    );
    const decisionId = proposed['decisionId'] ?? '';
    await desk.approve({ decisionId, payloadSha256: proposed['payloadSha256'] ?? '' }, keys.sipho);
    expect(await desk.apply(gone, decisionId)).toMatchObject({ outcome: 'taken_back' });
    expect(
      await answerOf('thandi', 'cases', 'close', other, '--note', 'a fault of the bank'),
    ).toEqual({ id: other, outcome: 'decided' });

    expect((await as('thandi', 'cases')).stdout).toBe('No case is open.\n');
    expect(JSON.parse((await as('thandi', 'cases', '--all', '--json')).stdout)).toMatchObject({
      shown: 2,
      isWhole: true,
      cases: [
        { id: other, outcome: 'decided', note: 'a fault of the bank', depositState: 'credited' },
        { id: one, outcome: 'decided', note: 'the bank says so', depositState: 'reversed' },
      ],
    });
    await verifyClean(service.database.db);
  });

  it('refuses to pair anything but an unpaired reversal', async () => {
    const wallet = await createdWallet(service);
    const depositId = await creditedDeposit(service, wallet.id, 5_500n);
    const [caseId = ''] = await casesAbout(depositId);
    const answer = await as(
      'thandi',
      ...['cases', 'pair', caseId, '--deposit', depositId, '--reason', 'because'],
    );
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain('[case.wrong_kind, see docs/errors.md]');
  });
});

/** Open cases about the lines of these deposits, in their order. */
async function casesAbout(...depositIds: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const depositId of depositIds) {
    const [row] = await service.database.owner<{ id: string }[]>`
      insert into line_cases (kind, line_id) select 'line_vanished', line_id from deposits where id = ${depositId}
      returning id::text`;
    ids.push(row?.id ?? '');
  }
  return ids;
}
