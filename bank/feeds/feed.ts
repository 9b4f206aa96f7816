import type { LocalDate } from '../../domain/local-date.ts';
import type { Sighting } from '../../domain/sighting.ts';

/** Whole days in the bank account's time zone, both included. */
export interface DayWindow {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** Told after each page, so that a long fetch can report that it is alive. */
export type OnPage = (progress: { readonly page: number; readonly rows: number }) => void;

/** What a bank's API answered for a window, read to its last page. */
export interface FeedSnapshot {
  readonly window: DayWindow;
  readonly sightings: readonly Sighting[];
  readonly pages: number;
  /** Names of row fields that the bank sends and we neither read nor expected; to be logged, never silently dropped. */
  readonly unknownFields: readonly string[];
}

/** One bank API as lines. Made by `createFeed`; holds no state but its access token. */
export interface Feed {
  /** True only where the bank's contract says that its ids never change and never come twice. */
  readonly idStable: boolean;
  /**
   * Reads every page of `window`. More than one page is read until two passes agree, since a row that
   * moves between pages while we read would be counted twice or not at all.
   * @throws CodedError `bank.unauthorized` · `bank.rate_limited` (details.retryAfterMs) · `bank.unavailable` · `bank.bad_response`
   */
  fetchWindow(window: DayWindow, signal: AbortSignal, onPage: OnPage): Promise<FeedSnapshot>;
}

/** How to reach one bank API. Secrets arrive as values and leave in headers only. */
export interface FeedSettings {
  readonly kind: 'json' | 'investec';
  /** `json`: the transactions URL itself; `investec`: the host, e.g. `https://openapi.investec.com`. */
  readonly url: string;
  /** `json`: bearer key; `investec`: `clientId:clientSecret:apiKey`. */
  readonly key: string;
  /** The account's id at the bank. */
  readonly accountId: string;
  readonly timeZone: string;
  readonly currency: string;
}
