/** A clone runs its sources; an installed Purser runs what was built from them. */
const isClone = import.meta.url.endsWith('.ts');

/** How you call `purser` where this one runs, for hints that you can paste. */
export const PURSER = isClone ? 'npx purser' : 'purser';

/** How you start the trial here. */
export const START_TRIAL = isClone ? 'npm start' : 'purser start';
