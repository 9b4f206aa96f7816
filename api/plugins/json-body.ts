import fp from 'fastify-plugin';
import { parseJsonBytes } from '../../bank/json/json-text.ts';
import { CodedError } from '../../domain/errors.ts';

/** Bodies are JSON and nothing else, read strictly: no invalid UTF-8, no key twice, no `__proto__`. */
export const jsonBodyPlugin = fp(
  (app, _options, done) => {
    const parseSafely = app.getDefaultJsonParser('error', 'error');
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer' },
      (request, body: Buffer, parsed) => {
        const strict = parseJsonBytes(body);
        if (!strict.ok) {
          parsed(new CodedError('request.invalid', `The body cannot be read: ${strict.why}.`));
          return;
        }
        void parseSafely(request, body.toString('utf8'), parsed);
      },
    );
    done();
  },
  { name: 'json-body', fastify: '5.x' },
);
