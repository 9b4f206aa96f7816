import { asLocalDate, type LocalDate } from '../local-date.ts';
import { normaliseReference } from '../reference/reference.ts';

/**
 * - `reversal`: the texts say that a payment *to us* was reversed, and nothing else;
 * - `unclear`: they have such a word beside words of another matter;
 * - `refund`: the business pays money back of its own will;
 * - `none`: neither, or a fee.
 */
export type Wording = 'reversal' | 'unclear' | 'refund' | 'none';

/** Words by which banks say that a payment was taken back. English, Afrikaans, and the German of MT940. */
const REVERSAL =
  /\b(?:REVERS(?:AL|ALS|ED)?|RVSL|UNPAIDS?|UNPD|RETURNED|(?:EFT|ACH|SEPA|DEBIT) RETURN|RETURN ITEM|RECALL(?:ED)?|DISHONOU?RED|BOUNCED|CHARGEBACK|RTD|REFER TO DRAWER|STORNO|RUECKLASTSCHRIFT|ONBETAAL|TERUGSKRYWING)\b/;
const NEGATED =
  /\b(?:NO|NOT|NIE) (?:TERUGSKRYWING|ONBETAAL|REVERS\w*|RVSL|UNPAIDS?|UNPD|RETURN(?:ED)?|RECALL(?:ED)?|DISHONOU?RED|BOUNCED|CHARGEBACK)\b/;
const RECALL = /\bRECALL(?:ED)?\b/;
/** Words by which a business pays money back of its own will. */
const REFUND =
  /\b(?:REFUND(?:S|ED)?|REIMBURSE(?:D|MENT)?|REPAID|REPAYMENT|PAYBACK|CASHBACK|TERUGBETALING)\b/;
/** A bank's fee for an unpaid payment names the reversal, and is none. */
const FEE = /\b(?:FEES?|CHARGES?|PENALTY|COMMISSION|INTEREST|VAT|KOSTE|FOOI)\b/;

/**
 * Words that reversals are worded with. Any other word makes a text unclear: `SALARY`, `PRIZE` and `GOODS` belong to
 * payments of the business, and no list of such words could be whole.
 */
const BANK_WORDS = new Set(
  `REVERSAL REVERSALS REVERSED REVERS RVSL UNPAID UNPAIDS UNPD RETURN RETURNED RECALL RECALLED DISHONOURED DISHONORED
  BOUNCED CHARGEBACK RTD STORNO RUECKLASTSCHRIFT ONBETAAL TERUGSKRYWING
  EFT RTC RTGS ACH SEPA SWIFT PAYSHAP NAEDO DEBICHECK AEDO IBT ATM CHQ CHEQUE CHECK PAYMENT PAYMENTS PMT PYMT PAY PAID PAYER
  CREDIT CREDITS CR DEBIT DR DEPOSIT DEP TRANSFER TRF TRANSACTION TRANS TRX ITEM ITEMS ENTRY ORDER COLLECTION DIRECT INSTANT
  IMMEDIATE REAL TIME INWARD INCOMING INTERNET ONLINE APP MOBILE CELLPHONE CELL BANKING ELECTRONIC MAGTAPE CASH CARD OB INT
  ORIGINAL ORIG DUPLICATE REF REFERENCE NO NR NUMBER DATE DATED TYPE CODE REASON
  BY OF FOR FROM TO THE A AN ON AT IN AND WITH DUE DD
  SENDER REMITTER REMITTING DRAWER BANK BANKS ACCOUNT ACC ACCT HOLDER CLIENT CUSTOMER BENEFICIARY
  SNAPSCAN ZAPPER OZOW PAYFAST YOCO MAGTAPE IB IMMPAY SETTLEMENT STDBANK INVESTECPB CASHSEND EWALLET
  NOT PROVIDED FUNDS INSUFFICIENT LACK REFER STOPPED STOP CANCELLED CLOSED FROZEN DECEASED DISPUTED DISPUTE UNAUTHORISED
  UNAUTHORIZED FRAUD INVALID UNKNOWN INCORRECT ERROR ERRONEOUS EFFECTS CLEARED
  FNB ABSA NEDBANK NED STANDARD SBSA CAPITEC TYMEBANK TYME DISCOVERY INVESTEC AFRICAN BIDVEST SASFIN ZERO RMB
  DEBITS ALLOWED THIS SUCH DORMANT LIQUIDATION SEQUESTRATION AUTHORITY CONTRAVENTION AUTHORISATION AUTHORIZATION MANDATE
  PREVIOUSLY VIA ADVICE FAULTY WRONG MISDIRECTED SENT REQUEST REQUESTED
  JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC JANUARY FEBRUARY MARCH APRIL JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER
  DECEMBER ZAR NOTPROVIDED NONREF NONE`
    .trim()
    .split(/\s+/),
);

/** Words of what a business pays for, also where a deposit has the same: they tie nothing and clear nothing. */
const PAYMENT_WORDS = new Set(
  `SALARY SALARIES WAGE WAGES PAYROLL BONUS PRIZE WINNER WINNINGS GOODWILL REWARD SUPPLIER VENDOR CREDITOR INVOICE RENT LOAN
  DIVIDEND TAX SARS PAYE UIF LEVY INSURANCE PENSION STOCK GOODS PRODUCT`
    .trim()
    .split(/\s+/),
);

const CUSTOMER_CODE = /CUS[ ./_-]?\d(?:[ ./_-]?\d){7}(?!\d)/g;
/** The original that a text names: `REVERSAL OF FT2211009`. */
const OF_ID = /\b(?:REVERSAL|RETURN|RECALL|UNPAID) OF (?=\S*\d)(\S{6,})/;
const DAY_OR_AMOUNT =
  /^(?:20\d{6}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|(?:R|ZAR)?[\d.,]*[.,]\d+|(?:R|ZAR)[\d.,]+)$/;
/** A word that so many different texts of an account share is the bank's own, not a payer's. */
const STANDARD_TEXTS_MIN = 5;

/** A text in normal form without customers' codes. */
export function withoutCodes(text: string): string {
  return normaliseReference(text).replace(CUSTOMER_CODE, ' ');
}

/** The words of a line's texts without customers' codes: letters and digits, in order, upper case. */
export function wordsOf(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => withoutCodes(text).match(/[\p{L}\p{N}]+/gu) ?? []);
}

/** How a debit line is worded, apart from words that its deposit has too. */
export function wordingOf(
  texts: readonly string[],
  wordsOfDeposit: ReadonlySet<string> = new Set(),
): Wording {
  const plain = texts.map(normaliseReference);
  if (plain.some((text) => REFUND.test(text))) return 'refund';
  if (plain.some((text) => FEE.test(text))) return 'none';
  if (!plain.some((text) => REVERSAL.test(text))) return 'none';
  if (plain.some((text) => NEGATED.test(text))) return 'unclear';
  const isOther = (word: string) =>
    /^\p{L}{2,}$/u.test(word) &&
    !BANK_WORDS.has(word) &&
    (!wordsOfDeposit.has(word) || PAYMENT_WORDS.has(word));
  return wordsOf(texts).some(isOther) ? 'unclear' : 'reversal';
}

/** True if the texts speak of a recall, which may come weeks after its payment. */
export function isRecall(texts: readonly string[]): boolean {
  return texts.some((text) => RECALL.test(normaliseReference(text)));
}

/**
 * The words of the bank's own standard wording: those that many different texts of an account share. They tell nothing
 * about the payer.
 */
export function standardWords(texts: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const text of new Set(texts.map(normaliseReference)))
    for (const word of new Set(wordsOf([text]))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Set(
    [...counts].filter(([, count]) => count >= STANDARD_TEXTS_MIN).map(([word]) => word),
  );
}

const DAYS = [
  /(?<!\d)(?<y>20\d\d)-?(?<m>\d\d)-?(?<d>\d\d)(?!\d)/g,
  /(?<!\d)(?<d>\d{1,2})[-/.](?<m>\d{1,2})[-/.](?<y>20\d\d)(?!\d)/g,
  /(?<!\d)(?<d>\d{1,2}) ?(?<month>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]* ?(?<y>20\d\d)(?!\d)/g,
];
const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

/** The days that a line's texts state with their year, in any of the forms of banks: day before month. */
export function statedDays(texts: readonly string[]): readonly LocalDate[] {
  return texts.map(withoutCodes).flatMap((text) =>
    DAYS.flatMap((form) =>
      [...text.matchAll(form)].flatMap(({ groups = {} }) => {
        const { y = '', m, month = '', d = '' } = groups;
        const number = m ?? `${MONTHS.indexOf(month) + 1}`;
        const day = `${y}-${number.padStart(2, '0')}-${d.padStart(2, '0')}`;
        return asLocalDate(day) ?? [];
      }),
    ),
  );
}

/** True if a text names its original, `REVERSAL OF FT2211009`: then nothing but this id ties it. */
export function namesOriginal(text: string): boolean {
  const id = OF_ID.exec(withoutCodes(text))?.[1];
  return id !== undefined && !DAY_OR_AMOUNT.test(id);
}

/** The payer's own words of a text: neither the bank's words nor a day or an amount. */
export function ownWords(text: string, standard: ReadonlySet<string>): readonly string[] {
  const said = normaliseReference(text)
    .split(' ')
    .filter((word) => !DAY_OR_AMOUNT.test(word))
    .join(' ');
  return wordsOf([said]).filter(
    (word) =>
      !BANK_WORDS.has(word) &&
      !PAYMENT_WORDS.has(word) &&
      !standard.has(word) &&
      !/^20\d{6}$/.test(word),
  );
}
