import { buildApp } from '../../../api/build-app.ts';
import type { ApiDeps } from '../../../api/deps.ts';

/** A route as the server knows it. */
export interface ServedRoute {
  readonly method: string;
  readonly url: string;
}

/** Every route of the API but those of the docs page, asked of the server itself and not of its document. */
export async function listServedRoutes(deps: ApiDeps): Promise<readonly ServedRoute[]> {
  const routes: ServedRoute[] = [];
  const app = buildApp(deps);
  app.addHook('onRoute', ({ method, url }) => {
    if (url === '/docs' || url.startsWith('/docs/')) return;
    for (const each of [method].flat()) routes.push({ method: each, url });
  });
  await app.ready();
  await app.close();
  return routes;
}
