/** The file that Temporal bundles: every workflow, by its recorded name. */
export { claim } from './claim.ts';
export { decide } from './decide.ts';
export { deposit } from './deposit.ts';
export { drainGate } from './drain-gate.ts';
export { importStatement } from './import-statement.ts';
export { reconcile } from './reconcile.ts';
export { sweep } from './sweep.ts';
