import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/client.ts';
import { createSlots, isBusy } from '../../db/slots.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const codeOf = (error: unknown) => (error as { readonly code?: unknown }).code;

describe('the slots of a pool', () => {
  it('go to those who wait, in order, and each once', async () => {
    const slots = createSlots(1);
    const first = await slots.take(1_000);
    const order: string[] = [];
    const second = slots.take(10_000).then((giveBack) => {
      order.push('second');
      return giveBack;
    });
    const third = slots.take(10_000).then((giveBack) => {
      order.push('third');
      return giveBack;
    });
    first();
    first();
    (await second)();
    (await third)();
    expect(order).toEqual(['second', 'third']);
    await expect(slots.take(10)).resolves.toBeTypeOf('function');
  });

  it('leave nobody waiting for ever, and lose none to one who gave up', async () => {
    const slots = createSlots(1);
    const giveBack = await slots.take(1_000);
    const refused: unknown = await slots.take(20).catch((error: unknown) => error);
    expect(codeOf(refused)).toBe('database.unavailable');
    expect(isBusy(refused)).toBe(true);
    expect(isBusy(new Error('lost'))).toBe(false);
    giveBack();
    await expect(slots.take(20)).resolves.toBeTypeOf('function');
  });
});

describe('a pool whose connections are all in use', () => {
  it('opens no more of them, refuses in time, and works on when they are free', async () => {
    const name = `busy-${String(process.pid)}`;
    const pool = openDatabase({
      ...{ url: test.url, poolSize: 2, applicationName: name },
      ...{ as: 'app', statementTimeoutMs: 200 },
    });
    const opened = async () => {
      const rows =
        await test.owner`select 1 from pg_stat_activity where application_name = ${name}`;
      return rows.length;
    };
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const held = Array.from({ length: 2 }, () =>
      pool.db.transaction(async (tx) => {
        await tx.execute(sql`select 1`);
        await ended;
      }),
    );
    await waitFor('both connections are in use', async () => (await opened()) === 2);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const asked: unknown = await pool.db
        .execute(sql`select 1`)
        .then(() => null)
        .catch((error: unknown) => error);
      expect(codeOf(asked)).toBe('database.unavailable');
      expect(await opened()).toBe(2);
    }
    end();
    await Promise.all(held);
    await pool.db.execute(sql`select 1`);
    expect(await opened()).toBe(2);
    await pool.close();
  });
});
