import type { FeedProtocol } from '../../domain/line/feed-protocols.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import type { JsonFieldMap } from '../json/field-map.ts';
import type { UnreadableRow } from '../json/read-row.ts';
import type { AmountStyle } from './berlin-group-row.ts';

/** Whole days in the bank account's time zone, both included. */
export interface DayWindow {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** Called after each page, so that a long fetch can send a heartbeat. */
export type OnPage = (progress: { readonly page: number; readonly rows: number }) => void;

/** All pages of a bank API's response for a window. */
export interface FeedSnapshot {
  readonly window: DayWindow;
  readonly sightings: readonly Sighting[];
  readonly pages: number;
  /** Rows that cannot be read exactly, or that are outside the window: each waits for a person. */
  readonly unreadable?: readonly UnreadableRow[];
  /** Names of fields that nobody reads; the caller records them, so that none is silently dropped. */
  readonly unknownFields: readonly string[];
  /** Sentences about what was left out, without values. */
  readonly warnings?: readonly string[];
  /** Positions of real money that a person must see before any wallet is credited: a batch with unknown parts. */
  readonly heldPositions?: ReadonlySet<string>;
}

/** Handling of a field that nobody knows: record its name and read on, or refuse the page. */
export type UnknownFields = 'record' | 'refuse';

/** The bank's statement of the account's balance, booked lines only. */
export interface BookedBalance {
  /** Signed minor units. */
  readonly minor: bigint;
  /** The balance at the end of this day; null means at the time of the response. */
  readonly day: LocalDate | null;
}

/** Reads one bank API as lines. Made by `createFeed`; its only state is an access token. */
export interface Feed {
  /** True only where the bank's contract says that its ids never change and never repeat. */
  readonly idStable: boolean;
  /**
   * Reads every page of `window`. Several pages are read until two passes agree, since a row that moves between pages during
   * the read would count twice or not at all.
   * @throws CodedError `bank.unauthorized` · `bank.rate_limited` (details.retryAfterMs) · `bank.unavailable` ·
   * `bank.bad_response`
   */
  fetchWindow(window: DayWindow, signal: AbortSignal, onPage: OnPage): Promise<FeedSnapshot>;
  /**
   * Reads the rows that are not booked yet, where the protocol has a call of its own for them. They are only shown.
   * @throws CodedError as `fetchWindow` does
   */
  readPending?(window: DayWindow, signal: AbortSignal): Promise<readonly Sighting[]>;
  /**
   * Reads the sum of the booked lines; null where no balance certainly means that. Absent where the protocol has no such call.
   * @throws CodedError as `fetchWindow` does
   */
  readBalance?(signal: AbortSignal): Promise<BookedBalance | null>;
}

/** Connection settings of one bank API. Secrets leave in headers only. */
export interface FeedSettings {
  readonly kind: FeedProtocol;
  /**
   * `json`: the transactions URL itself; `investec`, `stitch`: the host; `open-banking-uk`, `berlin-group`: the URL up to
   * `/accounts`.
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
  /** `json`: the field map; the default wire format if omitted. */
  readonly fieldMap?: JsonFieldMap;
  /** `berlin-group`: `signed` if omitted. */
  readonly amounts?: AmountStyle;
  /** `record` if omitted. */
  readonly unknownFields?: UnknownFields;
}
