/** A JSON object of an OpenAPI document. */
export type Node = Record<string, unknown>;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function sorted(node: Node): Node {
  return Object.fromEntries(Object.entries(node).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every operation of the document, whatever its path. */
export function operationsOf(paths: Node): readonly Node[] {
  return Object.values(paths)
    .filter(isNode)
    .flatMap((methods) => Object.values(methods))
    .filter(isNode);
}

/** Each content type of a request body or an answer. */
export function mediaOf(body: unknown): readonly (readonly [string, Node])[] {
  if (!isNode(body) || !isNode(body['content'])) return [];
  return Object.entries(body['content']).flatMap(([type, media]) =>
    isNode(media) ? [[type, media] as const] : [],
  );
}
