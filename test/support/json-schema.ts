import { createRequire } from 'node:module';
import { z } from 'zod';

/** Lists the faults of a value; none if it fits. */
export type SchemaCheck = (value: unknown) => readonly string[];

const ajvClass = z.custom<AjvClass>((value) => typeof value === 'function');

interface Validator {
  (value: unknown): unknown;
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}
type AjvClass = new (options: object) => {
  addSchema(schema: object, key: string): unknown;
  compile(schema: object): Validator;
};

/**
 * Reads schemas as other tools do: with the validator of Fastify (which the API does not use), JSON Schema 2020-12 and
 * plain ECMAScript patterns.
 */
export function createSchemaChecks(document: object): (pointer: string) => SchemaCheck {
  const fastify = createRequire(createRequire(import.meta.url).resolve('fastify'));
  const compiler = createRequire(fastify.resolve('@fastify/ajv-compiler'));
  const Ajv = ajvClass.parse(compiler('ajv/dist/2020.js'));
  const ajv = new Ajv({
    strict: false,
    unicodeRegExp: false,
    formats: { 'date-time': isInstant, date: isDay, binary: true },
  });
  ajv.addSchema(document, 'openapi');
  return (pointer) => {
    const validate = ajv.compile({ $ref: `openapi${pointer}` });
    return (value) => {
      if (validate(value) === true) return [];
      return (validate.errors ?? []).map(({ instancePath, message }) =>
        `${instancePath} ${message ?? ''}`.trim(),
      );
    };
  };
}

function isInstant(text: string): boolean {
  return text.includes('T') && !Number.isNaN(Date.parse(text));
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
