const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const CONTROLS = new RegExp(CONTROL, 'g');

export function holdsControls(text: string): boolean {
  return CONTROL.test(text);
}

/** Removes control characters from a text. Not for amounts, dates and account numbers: a control character refuses those. */
export function withoutControls(text: string): string {
  // Few texts have any, and the test is cheaper than a rewrite.
  return CONTROL.test(text) ? text.replace(CONTROLS, '') : text;
}
