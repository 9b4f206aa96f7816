/** Cents as a plain decimal with two decimals: `25000n` → `250.00`, `-5n` → `-0.05`. */
export function decimalText(minor: bigint): string {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  return `${minor < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Cents as the JSON number literal a bank's serialiser writes, trailing zeros dropped: `25000n` → `250`, `5360n` → `53.6`. */
export function numberLiteral(minor: bigint): string {
  return decimalText(minor).replace(/\.?0+$/, '');
}
