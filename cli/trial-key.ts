import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createApiKey, parseApiKey } from '../api/auth/api-keys.ts';
import { SCOPES } from '../api/auth/scopes.ts';
import { writeAs } from '../app/write-as.ts';
import type { Database } from '../db/client.ts';
import { SYSTEM_ACTOR } from '../db/queries/audit.ts';
import { findApiKey } from '../db/queries/api-keys.ts';

const schema = z.object({ key: z.string() });

/**
 * The ready-made key of a trial: a person's key with every scope, kept in the data folder and replaced if it is
 * missing.
 */
export async function trialApiKey(
  database: Database,
  dataDir: string,
  pepper: string,
): Promise<string> {
  const file = join(dataDir, 'api-key.json');
  if (existsSync(file)) {
    const { key } = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const presented = parseApiKey(key, { deployment: 'trial', pepper });
    if (presented !== null && (await findApiKey(database, presented.id)) !== null) return key;
  }
  const by = { actor: SYSTEM_ACTOR, why: 'the ready-made key of the trial' };
  const { key } = await writeAs(database, by, (tx) =>
    createApiKey(tx, {
      name: 'trial',
      ownerKind: 'person',
      scopes: SCOPES,
      pepper,
      deployment: 'trial',
    }),
  );
  writeFileSync(file, JSON.stringify({ key }), { mode: 0o600 });
  return key;
}
