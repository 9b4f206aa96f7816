import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonObject } from '../json-text.ts';
import type { Simulation } from '../simulation.ts';

/** Issues access tokens and knows which are still valid. */
export interface TokenDesk {
  /** The token endpoint's response with a new token. */
  readonly issue: () => string;
  readonly isAllowed: (request: FastifyRequest) => boolean;
}

/** One per protocol: a token of one protocol is invalid for another. */
export function createTokenDesk(simulation: Simulation, protocol: string): TokenDesk {
  const { settings, options } = simulation;
  const expiryByToken = new Map<string, number>();
  return {
    issue() {
      const { tokenLifetimeSeconds, expiresInAs } = options.current();
      const token = createHash('sha256')
        .update(`${settings.seed}/${protocol}/${settings.apiKey}/${expiryByToken.size}`)
        .digest('base64url');
      expiryByToken.set(token, settings.now().getTime() + tokenLifetimeSeconds * 1_000);
      const lifetime = tokenLifetimeSeconds.toString();
      return jsonObject([
        ['access_token', JSON.stringify(token)],
        ['token_type', '"Bearer"'],
        ['expires_in', expiresInAs === 'string' ? JSON.stringify(lifetime) : lifetime],
        ['scope', '"accounts"'],
      ]);
    },
    isAllowed(request) {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      return (expiryByToken.get(token) ?? 0) > settings.now().getTime();
    },
  };
}

/** Both token endpoints take forms; a server accepts one parser per content type. */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, new URLSearchParams(body.toString()));
    },
  );
}
