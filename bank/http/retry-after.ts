const CAP_MS = 5 * 60_000;
const UNNAMED_MS = 30_000;
/** HTTP's date format. `Date.parse` alone would accept `-5`. */
const HTTP_DATE = /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/;

/**
 * The bank's requested delay in milliseconds: 0 to 5 minutes, or 30 seconds when it states none. A date is compared with the
 * response's own `Date`, so that a wrong clock on our side does no harm.
 */
export function readRetryAfterMs(
  retryAfter: string | null,
  date: string | null,
  now: Date,
): number {
  if (retryAfter === null) return UNNAMED_MS;
  const text = retryAfter.trim();
  if (/^[0-9]+$/.test(text)) return Math.min(Number(text) * 1000, CAP_MS);
  const until = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(until)) return UNNAMED_MS;
  const answeredAt = date === null ? Number.NaN : Date.parse(date);
  const from = Number.isNaN(answeredAt) ? now.getTime() : answeredAt;
  return Math.min(Math.max(until - from, 0), CAP_MS);
}
