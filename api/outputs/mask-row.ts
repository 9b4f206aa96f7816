const PLAIN_NAME = /^"[A-Za-z_][A-Za-z0-9_-]{0,40}"$/;

/**
 * A bank's row, as JSON text, without what it says: letters become `x` and digits `9`, so that the shape of each value still
 * shows what is wrong with it. Names of fields stay, unless they are not plain words. The text may be cut anywhere.
 */
export function maskRow(raw: string): string {
  return raw.replace(
    /("(?:[^"\\]|\\.)*(?:"|$))(\s*:)?|true|false|null|[0-9]/gs,
    (found: string, text: string | undefined, colon: string | undefined) => {
      if (text === undefined) return /[0-9]/.test(found) ? '9' : found;
      if (colon === undefined) return maskText(text);
      return `${PLAIN_NAME.test(text) ? text : '"?"'}${colon}`;
    },
  );
}

/** Any text without what it says, as {@link maskRow} does. */
export function maskText(text: string): string {
  return text
    .replace(/\\u[0-9a-fA-F]{4}|\\./gs, 'x')
    .replace(/\p{N}/gu, '9')
    .replace(/[\p{L}\p{M}]/gu, 'x');
}
