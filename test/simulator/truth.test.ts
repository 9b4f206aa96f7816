import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CODES, readJsonPage, startBank, type BankClient } from './support/bank-client.ts';

const COUNTED = z.object({ count: z.number() });
let bank: BankClient;
beforeEach(async () => {
  bank = await startBank();
});
afterEach(() => bank.simulator.close());

describe("the simulator's truth", () => {
  it('counts each booked line once, by its expected outcome', async () => {
    await bank.admin('lines', [
      { reference: 'CUS12345671', amountMinor: '25000' },
      { reference: 'CUS12345671', amountMinor: '25000' },
      {
        reference: 'legacy 1',
        amountMinor: '99',
        expect: { outcome: 'credited', code: 'CUS00001234' },
      },
      { reference: 'CUS12345678', amountMinor: '300' },
      { reference: '', amountMinor: '70', direction: 'debit' },
      { reference: 'notice', amountMinor: '0' },
      { reference: 'CUS12345671', amountMinor: '1000', status: 'pending' },
    ]);
    expect(await bank.admin('truth')).toEqual({
      credited: { count: 3, minor: '50099' },
      inReview: { count: 1, minor: '300' },
      debits: { count: 1, minor: '70' },
      byCode: {
        CUS12345671: { count: 2, minor: '50000' },
        CUS00001234: { count: 1, minor: '99' },
      },
    });
    await bank.admin('book-pending', {});
    expect(await bank.admin('truth')).toMatchObject({ credited: { count: 4, minor: '51099' } });
  });

  it('stays the same when the bank re-issues ids or rewords texts', async () => {
    await bank.admin('generate', { codes: CODES, count: 30, mix: 'hostile' });
    const before = await bank.admin('truth');
    const shown = await (await bank.transactions()).text();
    const reissued = COUNTED.parse(await bank.admin('reissue-ids', { share: 0.5 }));
    await bank.admin('edit-text', {});
    expect(reissued.count).toBeGreaterThan(0);
    expect(reissued.count).toBeLessThan(30);
    expect(await (await bank.transactions()).text()).not.toBe(shown);
    expect(await bank.admin('truth')).toEqual(before);
  });

  it('follows a line that the bank withdraws or changes in amount', async () => {
    await bank.admin('lines', [
      { id: 'gone', reference: 'CUS12345671', amountMinor: '100' },
      { id: 'changed', reference: 'CUS12345671', amountMinor: '200' },
    ]);
    await bank.admin('withdraw', { ids: ['gone'] });
    await bank.admin('change-amount', { ids: ['changed'], amountMinor: '999' });
    expect(await bank.admin('truth')).toMatchObject({ credited: { count: 1, minor: '999' } });
  });

  it('lists its lines on demand', async () => {
    await bank.admin('lines', [{ id: 'T1', reference: 'CUS12345671', amountMinor: '100' }]);
    expect(await bank.admin('truth?lines=1')).toMatchObject({
      lines: [{ id: 'T1', minor: '100', truth: { outcome: 'credited', code: 'CUS12345671' } }],
    });
  });

  it('changes id and day of a pending line on booking', async () => {
    await bank.admin('lines', [
      {
        id: 'P1',
        reference: 'a',
        amountMinor: '100',
        status: 'pending',
        bookingDate: '2026-11-19',
      },
    ]);
    await bank.admin('book-pending', {});
    const [row] = (await readJsonPage(bank.transactions())).transactions;
    expect(row).toMatchObject({ status: 'booked', date: '2026-11-21', balance: '10001.00' });
    expect(row?.id).not.toBe('P1');
  });
});

describe("the simulator's admin API", () => {
  it('requires its own key', async () => {
    expect((await bank.adminResponse('truth', undefined, 'other')).status).toBe(401);
    expect((await bank.adminResponse('lines', [], 'other')).status).toBe(401);
  });

  it.each([
    ['an amount as a number', 'lines', [{ reference: '', amountMinor: 100 }]],
    ['an unknown field', 'lines', [{ reference: '', amountMinor: '1', colour: 'red' }]],
    [
      'a day that does not exist',
      'lines',
      [{ reference: '', amountMinor: '1', bookingDate: '2026-02-30' }],
    ],
    [
      'a credit to nobody',
      'lines',
      [{ reference: '', amountMinor: '1', expect: { outcome: 'credited' } }],
    ],
    ['a code whose check digit is wrong', 'generate', { codes: ['CUS12345678'], count: 1 }],
    ['no code', 'generate', { codes: [], count: 1 }],
    ['an unknown fault', 'faults', { mode: 'gremlins' }],
  ])('refuses %s', async (_what, path, body) => {
    expect((await bank.adminResponse(path, body)).status).toBe(400);
    expect(bank.simulator.bank.lines()).toHaveLength(0);
  });

  it('counts requests by endpoint, and clears everything on reset', async () => {
    await bank.admin('lines', [{ reference: '', amountMinor: '1' }]);
    await bank.transactions();
    await bank.transactions();
    expect(await bank.admin('requests')).toMatchObject({ counts: { 'GET /transactions': 2 } });
    await bank.admin('reset', {});
    expect(await bank.admin('requests')).toMatchObject({ counts: {} });
    expect((await readJsonPage(bank.transactions())).transactions).toEqual([]);
  });
});

describe('the state file', () => {
  it('restores every line and the truth after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const stateFile = join(folder, 'bank', 'state.json');
    try {
      const first = await startBank({ stateFile });
      await first.admin('generate', { codes: CODES, count: 20, mix: 'hostile' });
      const truth = await first.admin('truth?lines=1');
      const shown = await (await first.transactions()).text();
      await first.simulator.close();
      const second = await startBank({ stateFile });
      expect(await second.admin('truth?lines=1')).toEqual(truth);
      expect(await (await second.transactions()).text()).toBe(shown);
      await second.admin('lines', [{ reference: '', amountMinor: '1' }]);
      const ids = second.simulator.bank.lines().map((line) => line.id);
      expect(new Set(ids).size).toBe(ids.length);
      await second.simulator.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
