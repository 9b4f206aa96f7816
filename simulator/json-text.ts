/**
 * JSON built from text that is already JSON, since amounts must reach the wire digit by digit:
 * a number that passed through `JSON.stringify` would have passed through a float.
 */
export function jsonObject(fields: readonly (readonly [name: string, json: string])[]): string {
  return `{${fields.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
}

export function jsonArray(items: readonly string[]): string {
  return `[${items.join(',')}]`;
}
