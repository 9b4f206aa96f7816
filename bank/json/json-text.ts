import { LosslessNumber, parse } from 'lossless-json';

/** JSON as the sender wrote it: numbers keep their own digits in `value` and are never floats. */
export type JsonValue =
  null | boolean | string | LosslessNumber | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

type JsonOutcome =
  | { readonly ok: true; readonly value: JsonValue }
  /** `why` names the fault and never quotes the text; `isCut` where the text ends before its last bracket or quote. */
  | { readonly ok: false; readonly why: string; readonly isCut: boolean };

const DEPTH_MAX = 32;

/**
 * Reads UTF-8 JSON strictly: no invalid bytes, no duplicate keys, no more than 32 levels.
 * The caller caps the size.
 */
export function parseJsonBytes(bytes: Uint8Array): JsonOutcome {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, why: 'it is not UTF-8', isCut: false };
  }
  const { why, isCut } = findFault(text);
  if (why !== null) return { ok: false, why, isCut };
  try {
    return { ok: true, value: parse(text) as JsonValue };
  } catch {
    // The parser's own message quotes the text, which may hold references: it is dropped here.
    return { ok: false, why: 'it is not valid JSON, or it is cut off', isCut };
  }
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof LosslessNumber)
  );
}

export function isJsonNumber(value: JsonValue | undefined): value is LosslessNumber {
  return value instanceof LosslessNumber;
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/**
 * Finds faults that lossless-json accepts: unlimited nesting, and a repeated key with equal values. The parser reports a
 * missing last quote or bracket.
 */
function findFault(text: string): { readonly why: string | null; readonly isCut: boolean } {
  const keysOfOpen: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{' || char === '[') {
      if (keysOfOpen.length === DEPTH_MAX)
        return { why: `it is nested deeper than ${DEPTH_MAX} levels`, isCut: false };
      keysOfOpen.push(new Set());
    } else if (char === '}' || char === ']') {
      keysOfOpen.pop();
    } else if (char === '"') {
      const end = findClosingQuote(text, at);
      if (end === -1) return { why: null, isCut: true };
      const key = isKey(text, end) ? decodeString(text.slice(at, end + 1)) : null;
      const known = keysOfOpen.at(-1);
      if (key !== null && known !== undefined) {
        if (known.has(key)) return { why: 'an object has the same key twice', isCut: false };
        known.add(key);
      }
      at = end;
    }
  }
  return { why: null, isCut: keysOfOpen.length > 0 || text.trim() === '' };
}

function findClosingQuote(text: string, opening: number): number {
  let at = opening;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return -1;
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
}

function isKey(text: string, closingQuote: number): boolean {
  let at = closingQuote + 1;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return text[at] === ':';
}

/** `am\u006funt` and `amount` are one key. */
function decodeString(quoted: string): string | null {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    const decoded: unknown = JSON.parse(quoted);
    return typeof decoded === 'string' ? decoded : null;
  } catch {
    return null;
  }
}
