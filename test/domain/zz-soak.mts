import fc from 'fast-check';
import { readReferences } from '../../domain/reference.ts';
import { createHostileBank, movesOf } from './support/hostile-bank.ts';
const count = (l: any[]) => { const c: Record<string, number> = {}; for (const x of l) { const k = `${x.code} ${x.amountMinor}`; c[k] = (c[k] ?? 0) + 1; } return c; };
const stored = (b: any) => b.store.lines().map((l: any) => { const r = readReferences(l.references); return { ...l, code: r.kind === 'exact' ? r.code : '' }; });
const same = (a: any, b: any) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
for (const [name, tricks, judge] of [
  ['stable', { idStable: true, edits: true, races: false }, 'exact'],
  ['anew', { idStable: false, edits: false, races: false }, 'exact'],
  ['all', { idStable: false, edits: true, races: true }, 'ineq+grow'],
  ['all-stable', { idStable: true, edits: true, races: true }, 'ineq'],
] as const) {
  const t = performance.now();
  try {
    fc.assert(fc.property(movesOf(tricks), (moves) => {
      const bank = createHostileBank(tricks);
      fc.modelRun(() => ({ model: {}, real: bank }), moves);
      bank.settle();
      const truth = count(bank.truth() as any), all = count(stored(bank)), cr = count(stored(bank).filter((l: any) => l.hold === null));
      if (judge === 'exact') { if (!same(truth, all) || !same(cr, truth)) throw new Error(JSON.stringify({ truth, all, cr })); if (name==='anew' && bank.store.held().length) throw new Error('held'); }
      else { for (const [k, n] of Object.entries(cr)) if (n > (truth[k] ?? 0)) throw new Error('double ' + JSON.stringify({ truth, all, cr })); for (const [k, n] of Object.entries(truth)) if ((all[k] ?? 0) < n) throw new Error('lost ' + JSON.stringify({ truth, all, cr })); }
      if (judge === 'ineq+grow') { const n = bank.store.lines().length; bank.poll(3); bank.poll(5); if (bank.store.lines().length !== n) throw new Error('grew'); }
    }), { numRuns: Number(process.argv[2]) });
    console.log(name, 'ok', Math.round(performance.now() - t));
  } catch (e) { console.log(name, String((e as Error).message).slice(0, 900), String((e as any).cause?.message)); }
}
