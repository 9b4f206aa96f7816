import { z } from 'zod';
import { CodedError } from '../../../domain/errors.ts';
import { PUBLIC, type ApiApp } from '../../deps.ts';
import { readErrorCatalogue } from '../../error-catalogue.ts';
import { PAGE_POLICY, printErrorPage } from '../../error-page.ts';
import { errorCode, problems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';
import { explainedErrorSchema, toExplainedError, wantsPage } from './explained-error.ts';

const errorPage = z.string().meta({ examples: ['<!doctype html>…'] });

/** The addresses that problems have as their `type`. */
export function getErrorRoute(app: ApiApp): void {
  const catalogue = readErrorCatalogue();
  app.route({
    method: 'GET',
    url: '/errors/:code',
    config: PUBLIC,
    schema: {
      operationId: 'getError',
      tags: ['service'],
      summary: 'Explain an error code',
      description: 'The `type` of every problem is this address. Browsers get a page.',
      params: z.strictObject({ code: z.string().max(80) }),
      querystring: noQuery,
      response: {
        200: {
          description: 'The explanation.',
          content: {
            'application/json': { schema: explainedErrorSchema },
            'text/html': { schema: errorPage },
          },
        },
        ...problems('request.route_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { data: code } = errorCode.safeParse(request.params.code);
      const explanation = code === undefined ? undefined : catalogue.get(code);
      if (code === undefined || explanation === undefined)
        throw new CodedError('request.route_not_found', 'No error has this code.');
      void reply.header('vary', 'Accept');
      if (!wantsPage(request.headers)) return reply.send(toExplainedError(code, explanation));
      return reply
        .header('content-security-policy', PAGE_POLICY)
        .type('text/html; charset=utf-8')
        .send(printErrorPage(code, [[code, explanation]]));
    },
  });
}
