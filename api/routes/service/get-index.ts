import { z } from 'zod';
import { PUBLIC, type ApiApp } from '../../deps.ts';
import { named } from '../../schemas/named.ts';
import { problems } from '../../schemas/problem.ts';
import { VERSION } from '../../version.ts';
import { wantsPage } from './explained-error.ts';

const LINKS = { docs: '/docs', openapi: '/openapi.json', errors: '/errors' };

const indexSchema = named(
  'Index',
  z.strictObject({
    name: z.literal('purser'),
    version: z.string(),
    links: z.strictObject({ docs: z.string(), openapi: z.string(), errors: z.string() }),
  }),
  {
    description: 'What this server is, and where to read on.',
    example: { name: 'purser', version: VERSION, links: LINKS },
  },
);

export function getIndexRoute(app: ApiApp): void {
  app.route({
    method: 'GET',
    url: '/',
    config: PUBLIC,
    schema: {
      operationId: 'getIndex',
      tags: ['service'],
      summary: 'Find the documentation',
      response: {
        200: indexSchema,
        302: z.null().meta({ description: 'Browsers are sent to the documentation page.' }),
        ...problems(),
      },
    },
    handler: async (request, reply) => {
      void reply.header('vary', 'Accept');
      if (wantsPage(request.headers)) return reply.redirect(LINKS.docs, 302);
      return reply.send({ name: 'purser', version: VERSION, links: LINKS });
    },
  });
}
