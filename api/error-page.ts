import { createHash } from 'node:crypto';
import type { ErrorCode } from '../domain/errors.ts';
import type { ErrorExplanation } from './error-catalogue.ts';
import { HTTP_ERRORS } from './http-errors.ts';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}' +
  'code{background:#f2f2f2;padding:.1em .3em}h2{margin-top:2rem}';

/** Allows the one style of these pages, by its hash, and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Explains some codes as a page for people. */
export function printErrorPage(
  title: string,
  explained: readonly (readonly [ErrorCode, ErrorExplanation])[],
): string {
  const sections = explained.map(([code, { whatHappened, whatToDo }]) => {
    const { status, title: summary } = HTTP_ERRORS[code];
    return [
      `<h2><a href="/errors/${code}">${code}</a> (${status})</h2>`,
      `<p>${inHtml(summary)}</p>`,
      `<p><strong>What happened.</strong> ${inHtml(whatHappened)}</p>`,
      `<p><strong>What to do.</strong> ${inHtml(whatToDo)}</p>`,
    ].join('\n');
  });
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${inHtml(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${inHtml(title)}</h1>`,
    ...sections,
    '<p><a href="/errors">All errors</a> · <a href="/docs">API documentation</a></p>',
    '</body></html>\n',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text with inline code as HTML. */
function inHtml(markdown: string): string {
  return markdown
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
