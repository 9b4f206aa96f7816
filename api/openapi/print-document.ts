/** An OpenAPI document as docs/openapi.json has it. */
export function printDocument(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
