import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { CodedError, ERROR_CODES } from '../domain/errors.ts';
import { runningContext } from './environment.ts';

const ANSWER_MS_MAX = 30_000;
const problem = z.looseObject({ code: z.enum(ERROR_CODES), detail: z.string() });

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
}

/**
 * Asks the API with the caller's own key: what people decide goes in where their keys, scopes and limits are looked at.
 * @throws CodedError the API's own code · `auth.missing` without PURSER_API_KEY
 */
export async function askApi({ method, path, body }: ApiRequest): Promise<string> {
  const { config, env } = runningContext();
  const key = env['PURSER_API_KEY'];
  if (key === undefined || key === '')
    throw new CodedError('auth.missing', 'Set PURSER_API_KEY to your own API key.');
  const response = await fetch(`http://${config.API_HOST}:${config.API_PORT}${path}`, {
    method,
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    headers: {
      authorization: `Bearer ${key}`,
      ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.ok) return text;
  const { code, detail } = problem.parse(JSON.parse(text));
  throw new CodedError(code, detail);
}
