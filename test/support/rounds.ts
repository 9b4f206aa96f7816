import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    rounds?: 'long';
  }
}

/** The number of rounds of a model or a storm: few in `npm test`, all in `npm run test:long`. */
export function rounds(counts: { readonly short: number; readonly long: number }): number {
  return inject('rounds') === 'long' ? counts.long : counts.short;
}
