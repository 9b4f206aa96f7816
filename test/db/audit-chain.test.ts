import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealEvents, type AuditSeal } from '../../db/queries/audit-seals.ts';
import { actAs, recordAudit, SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { checkAnchor } from '../../db/queries/verify/anchor-check.ts';
import { verify } from '../../db/queries/verify/verify.ts';
import { sealAll } from '../support/audit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aLine, capture, seedBankAccount, seedWallet } from '../support/ledger.ts';
import { waitFor } from '../support/wait-for.ts';

let test: TestDatabase;
let anchors: AuditSeal[];

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const HOSTILE = ['set local session_replication_role = replica'];

/** Runs statements as a superuser with every trigger off. */
async function past(...statements: readonly string[]): Promise<void> {
  await test.owner.begin(async (tx) => {
    for (const statement of [...HOSTILE, ...statements]) await tx.unsafe(statement);
  });
}

async function head(): Promise<AuditSeal> {
  await sealAll(test);
  return (await sealEvents(test.db, 1)).head;
}

const brokenSeq = async (): Promise<string | undefined> =>
  (await verify(test.db)).checks.find(({ id, ok }) => ['I19', 'I19 rows'].includes(id) && !ok)
    ?.firstBroken?.['seq'];

/** What an insider who knows the formula would do after a change of the fourth batch: compute every hash from there anew, as seal_audit() does. */
const REWRITE = [
  'delete from audit_seals where seq >= 4',
  `do $$ begin while (select sealed from seal_audit(7)) > 0 loop end loop; end $$`,
];

describe('the audit chain', () => {
  it('seals every row once, in one gapless chain, even when several callers run the sealer', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, index) => seedWallet(test.db, index + 1)));
    await waitFor('a batch of seven rows to be final', async () =>
      (await sealEvents(test.db, 7)).sealed > 0 ? true : null,
    );
    await Promise.all([1, 2, 3, 4].map(() => sealEvents(test.db, 7)));
    await sealAll(test);

    const [chain] = await test.owner<
      { events: number; sealed: number; once: number; seals: number; last: number }[]
    >`
      select (select count(*)::int from audit_events) as events,
             (select sum((contents -> 'audit_events' ->> 'rows')::int)::int from audit_seals) as sealed,
             (select count(*)::int from audit_events e join audit_seals s on s.event_ids @> e.id) as once,
             (select count(*)::int from audit_seals) as seals, (select max(seq)::int from audit_seals) as last`;
    const seals = chain?.seals;
    expect(chain).toEqual({ events: 63, sealed: 63, once: 63, seals, last: seals });
    expect(seals).toBeGreaterThan(4);
    expect(await verify(test.db)).toMatchObject({ ok: true });
  });

  it('waits for a transaction that began earlier, so that no row is left out', async () => {
    const waiting = await test.owner.reserve();
    await waiting`begin`;
    await waiting`update wallets set status = 'frozen' where code = 'CUS00000001'`;
    await seedWallet(test.db, 901);
    expect((await sealEvents(test.db, 1_000)).sealed).toBe(0);
    await waiting`update wallets set status = 'open' where code = 'CUS00000001'`;
    await waiting`commit`;
    waiting.release();
    await sealAll(test);

    const order = await test.owner<{ action: string }[]>`
      select e.action from audit_seals s join audit_events e on s.event_ids @> e.id order by s.seq desc, e.id desc limit 3`;
    expect(order.map(({ action }) => action)).toEqual([
      'wallet.added',
      'wallet.changed',
      'wallet.changed',
    ]);
    expect(await brokenSeq()).toBeUndefined();
  });

  it('reads the same in every time zone and date style of a session', async () => {
    const report = await test.owner.begin(async (tx) => {
      await tx`set local timezone = 'Pacific/Auckland'`;
      await tx`set local datestyle = 'SQL, DMY'`;
      await recordAuditAs(tx.unsafe.bind(tx));
      return tx`select 1`;
    });
    expect(report).toHaveLength(1);
    await sealAll(test);
    expect(await brokenSeq()).toBeUndefined();
  });

  it.each([1, 2, 4])('names the first batch that holds a row that was edited: %i', async (seq) => {
    const firstOf = (after: number) =>
      `(select lower(event_ids) from audit_seals where seq > ${after} and not isempty(event_ids) order by seq limit 1)`;
    await past(`update audit_events set why = 'edited' where id = ${firstOf(seq - 1)}`);
    await past(`update audit_events set why = 'edited' where id = ${firstOf(seq)}`);
    expect(await brokenSeq()).toBe(String(seq));
    await past(`update audit_events set why = null where why = 'edited'`);
    expect(await brokenSeq()).toBeUndefined();
  });

  it('reveals a cut tail by the remaining seals, and by the anchor when the seals are cut too', async () => {
    await test.db.transaction(async (tx) => {
      await actAs(tx, SYSTEM_ACTOR, 'to be cut');
      await recordAudit(tx, {
        action: 'wallet.looked_at',
        subjectKind: 'wallet',
        subjectId: 'x',
        before: null,
        after: null,
        why: null,
      });
    });
    const last = await head();
    anchors = [{ seq: 1n, hash: await hashOf(1n) }, last];
    expect(await checkAnchor(test.db, anchors)).toMatchObject({ ok: true, checked: 2 });

    await past(`delete from audit_events where why = 'to be cut'`);
    expect(await brokenSeq()).toBe(String(last.seq));
    await past(`delete from audit_seals where seq = ${last.seq}`);
    expect(await brokenSeq()).toBeUndefined();
    expect(await checkAnchor(test.db, anchors)).toMatchObject({
      ok: false,
      firstBroken: { seq: String(last.seq), fault: 'the chain ends before it' },
    });
  });

  it('reveals a wholly rewritten chain by the anchor only, which names the first lost head', async () => {
    anchors = [
      { seq: 1n, hash: await hashOf(1n) },
      { seq: 5n, hash: await hashOf(5n) },
      await head(),
    ];
    await past(
      `update audit_events set why = 'rewritten' where id = (select lower(event_ids) from audit_seals where seq = 4)`,
      ...REWRITE,
    );
    expect(await brokenSeq()).toBeUndefined();
    expect(await checkAnchor(test.db, anchors)).toMatchObject({
      ok: false,
      firstBroken: { seq: '5', fault: 'its hash is another one' },
    });
  });

  it('continues after a logical restore, where transactions are numbered again', async () => {
    const { seq } = await head();
    await seedWallet(test.db, 902);
    const later = `(xid::text::bigint + 1000000)::text::xid8`;
    await past(
      ...['audit_events', 'named_codes'].map((table) => `update ${table} set xid = ${later}`),
      `update audit_seals set until_xid = ${later.replace('xid', 'until_xid')}`,
    );
    await seedWallet(test.db, 903);
    const next = await head();
    expect(next.seq).toBeGreaterThan(seq);
    await seedWallet(test.db, 904);
    expect((await head()).seq).toBeGreaterThan(next.seq);

    const twice = await test.owner`
      select e.id from audit_events e left join audit_seals s on s.event_ids @> e.id group by e.id having count(s.seq) <> 1`;
    expect(twice).toHaveLength(0);
    expect(await verify(test.db)).toMatchObject({ ok: true });
  });
});

/** What a procedure of retention does with the texts of a line. */
const ERASE = `
  update lines set commitment = sha256(uuid_send(salt) || convert_to(row("references", text, counterparty_name, counterparty_account)::text, 'UTF8')),
         salt = null, "references" = '{}', text = '', counterparty_name = null, counterparty_account = null`;
const ERASED = `select record_audit('line.erased', 'line', id::text, null, null, 'retention') from lines`;

describe('the audit chain, over texts that name people,', () => {
  beforeAll(async () => {
    await seedBankAccount(test.db, 'main');
    await capture(test.db, 'main', [
      aLine('named', 5_000n, { counterpartyName: 'N Dlamini', counterpartyAccount: '62000001234' }),
    ]);
    await sealAll(test);
  });

  const broken = async () =>
    (await verify(test.db)).checks.filter(({ ok }) => !ok).map(({ id }) => id);

  it('names a batch whose text was edited', async () => {
    await past(`update lines set counterparty_name = 'N Dlamin'`);
    expect(await broken()).toEqual(['I19 rows']);
    await past(`update lines set counterparty_name = 'N Dlamini'`);
  });

  it('still proves the rest once text and salt are erased', async () => {
    await past(ERASE, ERASED);
    await sealAll(test);
    expect(await broken()).toEqual([]);
    expect(await test.owner`select text, counterparty_name, salt from lines`).toEqual([
      { text: '', counterparty_name: null, salt: null },
    ]);
    await past(`update lines set amount_minor = amount_minor + 1`);
    expect(await broken()).toContain('I19 rows');
    await past(`update lines set amount_minor = amount_minor - 1`);
  });

  it('names an erased line that has texts again', async () => {
    await past(`update lines set text = 'REFUND TO X'`);
    expect(await broken()).toEqual(['I19 erased']);
  });
});

async function hashOf(seq: bigint): Promise<string> {
  const rows = await test.owner<{ hash: string }[]>`
    select encode(hash, 'hex') as hash from audit_seals where seq = ${seq.toString()}`;
  return rows[0]?.hash ?? '';
}

async function recordAuditAs(run: (statement: string) => PromiseLike<unknown>): Promise<void> {
  await run(
    `select record_audit('wallet.noted', 'wallet', 'ü', '{"b": "1", "a": null}', '{"ä": "ß"}', 'quoted "so", \\ and ünïcode')`,
  );
  await run(`update bank_accounts set poll_enabled = not poll_enabled`);
}
