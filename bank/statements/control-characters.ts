const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const CONTROLS = new RegExp(CONTROL, 'g');

export function holdsControls(text: string): boolean {
  return CONTROL.test(text);
}

/** A text without its control characters. Never for amounts, dates and account numbers, which are refused with one. */
export function withoutControls(text: string): string {
  // Hardly any text has one, and telling costs less than writing it anew.
  return CONTROL.test(text) ? text.replace(CONTROLS, '') : text;
}
