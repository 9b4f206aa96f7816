import type { FastifyRequest } from 'fastify';
import type { Fault } from './faults.ts';

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly page: number;
  readonly pages: number;
}

/** Cuts one page from all rows; paging faults change its content. */
export function cutPage<Row>(
  all: readonly Row[],
  page: number,
  pageSize: number,
  fault: Fault | null,
): Page<Row> {
  const cut = (rows: readonly Row[], number: number) =>
    rows.slice((number - 1) * pageSize, number * pageSize);
  const pages = Math.max(1, Math.ceil(all.length / pageSize));
  if (fault?.mode === 'empty') return { rows: [], page: 1, pages: 1 };
  if (fault?.mode === 'duplicate-page') {
    return { rows: cut(all, Math.max(1, page - 1)), page, pages: Math.max(2, pages) };
  }
  if (fault?.mode === 'shifting-pages') {
    // The newest rows arrive just after page 1 was read. Their number differs from pass to pass, as at a bank, so that two
    // passes that agree show the truth.
    const visible = all.slice(1 + (fault.round % 3));
    const visiblePages = Math.max(1, Math.ceil(visible.length / pageSize));
    return { rows: cut(visible, page), page, pages: visiblePages };
  }
  return { rows: cut(all, page), page, pages };
}

/** Reads a `page` parameter; null when it is not a page number. Absent means the first page. */
export function readPage(text: string | null): number | null {
  if (text === null) return 1;
  return /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : null;
}

/** The URL of the next page, based on this request's; null on the last page. */
export function nextPageUrl(
  request: Pick<FastifyRequest, 'protocol' | 'host' | 'url'>,
  { page, pages }: Page<unknown>,
  parameter = 'page',
): string | null {
  if (page >= pages) return null;
  const url = new URL(request.url, `${request.protocol}://${request.host}`);
  url.searchParams.set(parameter, (page + 1).toString());
  return url.href;
}
