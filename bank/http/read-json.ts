import { parseJsonBytes, type JsonValue } from '../json/json-text.ts';
import { askBank, badResponse, type Exchange } from './exchange.ts';

/**
 * * One bounded HTTP exchange with a JSON response.
 * @throws CodedError as `askBank` does, and `bank.bad_response` for anything that is not whole JSON
 */
export async function readJson(exchange: Exchange): Promise<JsonValue> {
  const { bytes } = await askBank(exchange, ['json']);
  return readJsonBody(bytes);
}

/** @throws CodedError `bank.bad_response` for anything that is not whole JSON */
export function readJsonBody(bytes: Uint8Array): JsonValue {
  const outcome = parseJsonBytes(bytes);
  if (!outcome.ok)
    throw badResponse(`The bank's response is not usable JSON: ${outcome.why}.`, 'body');
  return outcome.value;
}
