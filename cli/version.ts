import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The file lies one folder up from here, in the sources and in a build alike. */
const manifest: unknown = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

/** The version of this Purser, as package.json has it. */
export const VERSION = z.object({ version: z.string() }).parse(manifest).version;
