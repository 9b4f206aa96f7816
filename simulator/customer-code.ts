const DAMM_ROWS = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
] as const;

/** The Damm check digit of a run of digits: `572` → `4`. */
export function checkDigit(digits: string): string {
  let state = 0;
  for (const digit of digits) state = Number(DAMM_ROWS[state]?.[Number(digit)]);
  return state.toString();
}

/** True if `text` is `CUS` + 8 digits that end in the correct check digit. */
export function isWholeCode(text: string): boolean {
  return /^CUS[0-9]{8}$/.test(text) && checkDigit(text.slice(3)) === '0';
}
