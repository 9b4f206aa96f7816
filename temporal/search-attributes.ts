import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../workflows/contract.ts';

/** IndexedValueType of Temporal's API. */
const INDEXED_TYPE = { Keyword: 2, Datetime: 6 } as const;

/**
 * Registers the search attributes that are missing. They must exist before a workflow names them, and are never
 * removed, since a re-added one may show old values. A cloud namespace has no operator service for this: add them there
 * by hand; the first review names a missing one.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(
    ([name]) => !Object.hasOwn(customAttributes, name),
  );
  if (missing.length > 0) await addSearchAttributes(connection, namespace, missing);
}

/** As `registerSearchAttributes`, for a new server, which has none yet. */
export async function addSearchAttributes(
  connection: Connection,
  namespace: string,
  added = Object.entries(SEARCH_ATTRIBUTES),
): Promise<void> {
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(added.map(([name, type]) => [name, INDEXED_TYPE[type]])),
  });
}
