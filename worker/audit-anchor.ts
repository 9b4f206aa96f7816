import { open, readFile } from 'node:fs/promises';
import type { AuditAnchor } from '../activities/dependencies.ts';
import type { AuditSeal } from '../db/queries/audit-seals.ts';

/** The content of one line of an anchor file; null if Purser did not write the line. */
export type AnchorLine =
  | (AuditSeal & {
      /** The signed text: the line without its signature. */
      readonly text: string;
      /** Base64; null if no key was configured. */
      readonly signature: string | null;
    })
  | null;

/** Signs the text of a head; answers base64. */
export type SignHead = (text: string) => string;

const LINE =
  /^(\{"seq":"([1-9][0-9]{0,18})","hash":"([0-9a-f]{64})","at":"[^"]{1,40}")(?:,"signature":"([A-Za-z0-9+/]{86}==)")?\}$/;

/**
 * An append-only file with one line for each head of the audit chain, for a disk that database operators cannot write
 * to. With a signer, each line proves who wrote it.
 */
export function createAnchorFile(
  path: string,
  clock: () => Date,
  signHead: SignHead | null = null,
): AuditAnchor {
  return {
    last: async () => (await readAnchorFile(path)).findLast((line) => line !== null) ?? null,
    append: async ({ seq, hash }) => {
      const head = { seq: seq.toString(), hash, at: clock().toISOString() };
      const text = JSON.stringify(head);
      const line =
        signHead === null ? text : JSON.stringify({ ...head, signature: signHead(text) });
      const isCut = !/(^|\n)$/.test(await readText(path));
      const file = await open(path, 'a', 0o640);
      try {
        // A line that a crash cut short stays separate, and is reported.
        await file.appendFile(`${isCut ? '\n' : ''}${line}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}

/** Every line of an anchor file, in order; none if there is no file yet. */
export async function readAnchorFile(path: string): Promise<readonly AnchorLine[]> {
  return (await readText(path))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, head, seq, hash, signature = null] = LINE.exec(line) ?? [];
      if (head === undefined || seq === undefined || hash === undefined) return null;
      return { seq: BigInt(seq), hash, text: `${head}}`, signature };
    });
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return '';
    throw error;
  });
}
