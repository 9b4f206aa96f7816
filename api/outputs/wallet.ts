import { z } from 'zod';
import { JOURNAL_KINDS } from '../../db/schema/ledger.ts';
import type { listWalletTransactions, Wallet } from '../../db/queries/wallets.ts';
import { ZAR } from '../../domain/money/money.ts';
import {
  customerCode,
  day,
  depositId,
  digits,
  instant,
  money,
  toInstant,
  toMoney,
  walletId,
} from '../schemas/wire.ts';

export const balanceSchema = z.strictObject({
  credits: digits.meta({ description: 'Whole credits that the customer can spend.' }),
  rand: money.meta({
    description: 'Unspent credits at what was paid for them, and the remainder.',
  }),
  remainder: money.meta({
    description: 'Rand too few for one more credit, kept for the next deposit.',
  }),
  owed: money.meta({
    description:
      'What the customer owes, since credits of a deposit that was taken back were spent; nothing can be spent until it is settled.',
  }),
});

/** Balances as they leave the service. */
export function toBalance(
  wallet: Pick<Wallet, 'credits' | 'prepaidMinor' | 'remainderMinor' | 'receivableMinor'>,
): z.infer<typeof balanceSchema> {
  return {
    credits: wallet.credits.toString(),
    rand: toMoney(wallet.prepaidMinor + wallet.remainderMinor, ZAR),
    remainder: toMoney(wallet.remainderMinor, ZAR),
    owed: toMoney(wallet.receivableMinor, ZAR),
  };
}

export const walletSchema = z.strictObject({
  id: walletId,
  code: customerCode.meta({ description: 'What the customer writes in the payment reference.' }),
  codeKind: z.enum(['checked', 'legacy']),
  externalRef: z.string().nullable(),
  name: z.string().nullable(),
  status: z.enum(['open', 'frozen', 'closed']),
  balance: balanceSchema,
  createdAt: instant,
});
export type WalletOutput = z.infer<typeof walletSchema>;

export function toWallet(wallet: Wallet): WalletOutput {
  return {
    id: wallet.id,
    code: wallet.code,
    codeKind: wallet.codeKind,
    externalRef: wallet.externalRef,
    name: wallet.name,
    status: wallet.status,
    balance: toBalance(wallet),
    createdAt: toInstant(wallet.createdAt),
  };
}

export const transactionSchema = z.strictObject({
  seq: digits.meta({ description: 'Gapless number of this wallet, from 1.' }),
  journalId: digits,
  kind: z.enum(JOURNAL_KINDS),
  depositId: depositId.nullable(),
  rand: money.meta({ description: 'What came in (negative: went out).' }),
  credits: digits,
  rateVersion: z.int().nullable(),
  balanceAfter: balanceSchema,
  bookedOn: day.meta({ description: "The bank's day." }),
  createdAt: instant,
});

type TransactionRow = Awaited<ReturnType<typeof listWalletTransactions>>[number];

export function toTransaction(row: TransactionRow): z.infer<typeof transactionSchema> {
  return {
    seq: String(row.seq),
    journalId: row.journalId.toString(),
    kind: row.kind,
    depositId: row.depositId,
    rand: toMoney(row.prepaidMinor + row.remainderMinor, ZAR),
    credits: row.credits.toString(),
    rateVersion: row.rateVersion,
    balanceAfter: toBalance({
      credits: row.creditsAfter ?? 0n,
      prepaidMinor: row.prepaidAfter ?? 0n,
      remainderMinor: row.remainderAfter ?? 0n,
      receivableMinor: row.receivableAfter ?? 0n,
    }),
    bookedOn: row.eventOn,
    createdAt: toInstant(row.createdAt),
  };
}
