import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  pepper: z.string(),
  webhookSecret: z.string(),
  simulatorKey: z.string(),
  simulatorAdminKey: z.string(),
});

/** Secrets of a trial, made once for each data folder and readable by its owner only. */
export type TrialSecrets = z.infer<typeof schema>;

export function trialSecrets(dataDir: string): TrialSecrets {
  const file = join(dataDir, 'secrets.json');
  if (existsSync(file)) return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const secret = () => randomBytes(32).toString('hex');
  const secrets: TrialSecrets = {
    pepper: secret(),
    webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    simulatorKey: `simulator-${secret()}`,
    simulatorAdminKey: secret(),
  };
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600, flag: 'wx' });
  return secrets;
}
