/**
 * Makes text storable: removes NUL, which Postgres refuses, and unpaired surrogates, which UTF-8 cannot hold. Everything
 * else stays as the payer and the banks wrote it; null when only blanks remain.
 */
export function cleanText(text: string): string | null {
  const clean = Buffer.from(text.replaceAll('\u0000', ''), 'utf8').toString('utf8').trim();
  return clean === '' ? null : clean;
}
