/** Every payload of a history, decoded to text. */
export function payloadTexts(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(payloadTexts).join('\n');
  if (typeof value === 'object' && value !== null)
    return Object.values(value).map(payloadTexts).join('\n');
  return typeof value === 'string' ? value : '';
}
