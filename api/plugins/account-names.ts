import fp from 'fastify-plugin';
import { toAccountKey } from '../../db/queries/bank-account-names.ts';
import type { ApiDeps } from '../deps.ts';

/** The routes whose path names a bank account, by the parameter that does. */
const PATHS: ReadonlyMap<string, 'key' | 'scope'> = new Map([
  ['/v1/bank-accounts/:key/', 'key'],
  ['/webhooks/bank/:key', 'key'],
  ['/v1/gates/:scope/', 'scope'],
]);

/**
 * Turns a later name of a bank account into its key, in paths and in `?account=`, so that no route has to know of names.
 * A name that nobody gave stays as it is, and the route answers as for any unknown account.
 */
export const accountNamesPlugin = fp<Pick<ApiDeps, 'database'>>(
  (app, { database }, done) => {
    const keyOf = (name: string) => toAccountKey(database.db, name);
    app.addHook('preHandler', async (request) => {
      const url = request.routeOptions.url ?? '';
      const found = [...PATHS].find(([path]) => url.startsWith(path));
      if (found !== undefined) await replaceName(request.params, found[1], keyOf);
      await replaceName(request.query, 'account', keyOf);
    });
    done();
  },
  { name: 'account-names', fastify: '5.x' },
);

async function replaceName(
  values: unknown,
  field: string,
  keyOf: (name: string) => Promise<string>,
): Promise<void> {
  if (typeof values !== 'object' || values === null) return;
  const name: unknown = Reflect.get(values, field);
  if (typeof name === 'string') Reflect.set(values, field, await keyOf(name));
}
