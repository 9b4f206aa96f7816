import { z } from 'zod';
import { PUBLIC, type ApiApp } from '../../deps.ts';
import { readErrorCatalogue } from '../../error-catalogue.ts';
import { PAGE_POLICY, printErrorPage } from '../../error-page.ts';
import { named } from '../../schemas/named.ts';
import { problems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';
import { explainedErrorSchema, toExplainedError, wantsPage } from './explained-error.ts';

const errorsSchema = named('Errors', z.strictObject({ items: z.array(explainedErrorSchema) }), {
  description: 'Every error code.',
  example: {
    items: [
      {
        code: 'wallet.not_found',
        status: 404,
        title: 'Wallet not found.',
        whatHappened: 'No wallet has this id or code.',
        whatToDo: 'Check it.',
      },
    ],
  },
});

const errorsPage = z.string().meta({ examples: ['<!doctype html>…'] });

export function listErrorsRoute(app: ApiApp): void {
  const catalogue = readErrorCatalogue();
  app.route({
    method: 'GET',
    url: '/errors',
    config: PUBLIC,
    schema: {
      operationId: 'listErrors',
      tags: ['service'],
      summary: 'Explain every error code',
      description: 'Browsers get a page.',
      querystring: noQuery,
      response: {
        200: {
          description: 'The explanations.',
          content: {
            'application/json': { schema: errorsSchema },
            'text/html': { schema: errorsPage },
          },
        },
        ...problems(),
      },
    },
    handler: async (request, reply) => {
      const explained = [...catalogue];
      void reply.header('vary', 'Accept');
      if (!wantsPage(request.headers))
        return reply.send({
          items: explained.map(([code, explanation]) => toExplainedError(code, explanation)),
        });
      return reply
        .header('content-security-policy', PAGE_POLICY)
        .type('text/html; charset=utf-8')
        .send(printErrorPage('Errors of Purser', explained));
    },
  });
}
