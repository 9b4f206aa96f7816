import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The file is one folder up from here, both in the sources and in a build. */
const manifest: unknown = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

/** The version of this Purser, as package.json has it. */
export const VERSION = z.object({ version: z.string() }).parse(manifest).version;
