import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  env: z.record(z.string(), z.string()),
  apiUrl: z.string(),
  dataDir: z.string(),
});

/** How to reach the stack that runs on a data folder; readable by its owner only, gone when it stops. */
export type StackRecord = z.infer<typeof schema>;

export function stackFile(dataDir: string): string {
  return join(dataDir, 'stack.json');
}

export function readStackRecord(dataDir: string): StackRecord | null {
  const file = stackFile(dataDir);
  return existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}
