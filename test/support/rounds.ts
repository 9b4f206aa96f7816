import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    rounds?: 'long';
  }
}

/** How often a model or a storm plays: few times in `npm test`, in full in `npm run test:long`. */
export function rounds(counts: { readonly short: number; readonly long: number }): number {
  return inject('rounds') === 'long' ? counts.long : counts.short;
}
