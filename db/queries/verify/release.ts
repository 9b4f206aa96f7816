import type { Manifest } from '../../manifest.ts';
import manifest from '../../schema-manifest.json' with { type: 'json' };

/** What this release's database consists of, by `npm run db:schema`. */
export const RELEASE: Manifest = manifest;
