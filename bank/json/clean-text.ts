/**
 * Text as it may be stored: without NUL, which Postgres refuses, and without halves of surrogate pairs, which
 * UTF-8 cannot hold. All else stays as the payer and the banks wrote it; null when only blanks are left.
 */
export function cleanText(text: string): string | null {
  const clean = Buffer.from(text.replaceAll('\u0000', ''), 'utf8').toString('utf8').trim();
  return clean === '' ? null : clean;
}
