/** A clone runs its sources; an installed Purser runs their build. */
const isClone = import.meta.url.endsWith('.ts');

/** The way to call this `purser`, for hints that you can paste. */
export const PURSER = isClone ? 'npx purser' : 'purser';

/** The way to start the trial here. */
export const START_TRIAL = isClone ? 'npm start' : 'purser start';
