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
 * Calls the API with your own key, because the API checks the key, scopes and limits of each decision.
 * @throws CodedError the API's own code · `auth.missing` without PURSER_API_KEY · `api.unavailable`
 */
export async function askApi({ method, path, body }: ApiRequest): Promise<string> {
  const { config, env } = runningContext();
  const key = env['PURSER_API_KEY'];
  if (key === undefined || key === '')
    throw new CodedError('auth.missing', 'Set PURSER_API_KEY to your own API key.');
  const url = `http://${config.API_HOST}:${config.API_PORT}`;
  const { response, text } = await send(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    headers: {
      authorization: `Bearer ${key}`,
      ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw unavailable(`The API does not answer at ${url}`, cause);
  });
  if (response.ok) return text;
  const refusal = problem.safeParse(readJson(text));
  if (refusal.success) throw new CodedError(refusal.data.code, refusal.data.detail);
  throw unavailable(`${url} answered HTTP ${response.status}, but not as Purser's API does`);
}

async function send(
  url: string,
  request: RequestInit,
): Promise<{ readonly response: Response; readonly text: string }> {
  const response = await fetch(url, request);
  return { response, text: await response.text() };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Another program answered: the page matches no schema of ours.
    return null;
  }
}

function unavailable(what: string, cause?: unknown): CodedError {
  return new CodedError(
    'api.unavailable',
    `${what}: check that the API runs, and API_HOST and API_PORT.`,
    { cause },
  );
}
