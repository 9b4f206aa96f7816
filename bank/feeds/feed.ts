import type { FeedProtocol } from '../../domain/line/feed-protocols.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import type { JsonFieldMap } from '../json/field-map.ts';
import type { AmountStyle } from './berlin-group-row.ts';

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
  /** Positions of sightings whose money is real and which no wallet may get unseen: a batch whose parts are not all known. */
  readonly heldPositions?: ReadonlySet<string>;
}

/** What a bank says that the account holds, counting booked lines only. */
export interface BookedBalance {
  /** Signed minor units. */
  readonly minor: bigint;
  /** At the end of this day; null at the moment of the answer. */
  readonly day: LocalDate | null;
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
  /**
   * Reads the balance that the booked lines add up to; null where the bank states none that is certain to be that. Absent where
   * the protocol has no such call.
   * @throws CodedError as `fetchWindow` does
   */
  readBalance?(signal: AbortSignal): Promise<BookedBalance | null>;
}

/** How to reach one bank API. Secrets arrive as values and leave in headers only. */
export interface FeedSettings {
  readonly kind: FeedProtocol;
  /**
   * `json`: the transactions URL itself; `investec`, `stitch`: the host; `open-banking-uk`, `berlin-group`: everything
   * before `/accounts`.
   */
  readonly url: string;
  /**
   * `json`, `open-banking-uk`: bearer key; `investec`: `clientId:clientSecret:apiKey`; `stitch`: `clientId:clientSecret`;
   * `berlin-group`: the token, or `consentId:token`.
   */
  readonly key: string;
  /** The account's id at the bank. */
  readonly accountId: string;
  readonly timeZone: string;
  readonly currency: string;
  /** `json`: where the bank keeps what; the default wire format if left out. */
  readonly fieldMap?: JsonFieldMap;
  /** `berlin-group`: `signed` if left out. */
  readonly amounts?: AmountStyle;
}
