import rateLimit from '@fastify/rate-limit';
import fp from 'fastify-plugin';
import { CodedError } from '../../domain/errors.ts';
import type { ApiDeps } from '../deps.ts';
import { HTTP_ERRORS } from '../http-errors.ts';

/** Limits each key, or each address where no key is asked for. Counts are this process's own. */
export const rateLimitPlugin = fp<ApiDeps>(
  async (app, deps) => {
    await app.register(rateLimit, {
      max: deps.rateLimits.requestsPerMinute,
      timeWindow: 60_000,
      keyGenerator: (request) =>
        request.principal === null ? `address ${request.ip}` : `key ${request.principal.keyId}`,
      errorResponseBuilder: () =>
        new CodedError('request.rate_limited', HTTP_ERRORS['request.rate_limited'].title),
    });
  },
  { name: 'rate-limit', fastify: '5.x' },
);
