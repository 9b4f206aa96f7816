import { z } from 'zod';
import { JOURNAL_KINDS } from '../../domain/ledger/journal.ts';
import type { listWalletTransactions, Wallet } from '../../db/queries/wallets.ts';
import { spendableCredits } from '../../domain/ledger/spend.ts';
import { ZAR } from '../../domain/money/money.ts';
import { named } from '../schemas/named.ts';
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

export const BALANCE_EXAMPLE = {
  credits: '5',
  rand: { minor: '27500', currency: 'ZAR' },
  remainder: { minor: '2500', currency: 'ZAR' },
  owed: { minor: '0', currency: 'ZAR' },
} as const;

export const balanceSchema = named(
  'Balance',
  z.strictObject({
    credits: digits.meta({ description: 'Whole credits of the customer.' }),
    rand: money.meta({
      description: 'Unspent credits at the price paid for them, plus the remainder.',
    }),
    remainder: money.meta({
      description: 'Rand left over that do not buy another credit; added to the next deposit.',
    }),
    owed: money.meta({
      description:
        'What the customer owes because a spent deposit was reversed. The wallet cannot spend until it is repaid.',
    }),
  }),
  { description: 'What a customer has, and what they owe.', example: BALANCE_EXAMPLE },
);

const WALLET_BALANCE_EXAMPLE = {
  ...BALANCE_EXAMPLE,
  spendable: '3',
  pending: { minor: '10000', currency: 'ZAR' },
} as const;

export const walletBalanceSchema = named(
  'WalletBalance',
  balanceSchema.extend({
    spendable: digits.meta({ description: 'Whole credits that the customer can spend now.' }),
    pending: money.meta({
      description:
        'Rand of the balance that cannot be spent yet: the bank has not confirmed the deposit, or shows it no longer.',
    }),
  }),
  {
    description: 'What a customer has, what of it they can spend now, and what they owe.',
    example: WALLET_BALANCE_EXAMPLE,
  },
);

/** The balance of a wallet now. */
export function toWalletBalance(wallet: Wallet): z.infer<typeof walletBalanceSchema> {
  const randMinor = wallet.prepaidMinor + wallet.remainderMinor;
  return {
    ...toBalance(wallet),
    spendable: spendableCredits(wallet, wallet.heldMinor).toString(),
    pending: toMoney(wallet.heldMinor < randMinor ? wallet.heldMinor : randMinor, ZAR),
  };
}

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

export const walletStatus = z
  .enum(['open', 'frozen', 'closed'])
  .meta({ id: 'WalletStatus', description: 'Only an open wallet can be credited or spend.' });

export const walletSchema = named(
  'Wallet',
  z.strictObject({
    id: walletId,
    code: customerCode.meta({ description: 'The customer writes it into the payment reference.' }),
    codeKind: z.enum(['checked', 'legacy']),
    externalRef: z.string().nullable(),
    name: z.string().nullable(),
    status: walletStatus,
    balance: walletBalanceSchema,
    createdAt: instant,
  }),
  {
    description: 'A customer’s wallet.',
    example: {
      id: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
      code: 'CUS00005724',
      codeKind: 'checked',
      externalRef: 'crm-4711',
      name: 'Thandi Nkosi',
      status: 'open',
      balance: WALLET_BALANCE_EXAMPLE,
      createdAt: '2026-11-18T09:00:00.000Z',
    },
  },
);
export type WalletOutput = z.infer<typeof walletSchema>;

export function toWallet(wallet: Wallet): WalletOutput {
  return {
    id: wallet.id,
    code: wallet.code,
    codeKind: wallet.codeKind,
    externalRef: wallet.externalRef,
    name: wallet.name,
    status: wallet.status,
    balance: toWalletBalance(wallet),
    createdAt: toInstant(wallet.createdAt),
  };
}

export const journalKind = z
  .enum(JOURNAL_KINDS)
  .meta({ id: 'JournalKind', description: 'What a journal books.' });

export const transactionSchema = named(
  'WalletTransaction',
  z.strictObject({
    seq: digits.meta({
      description: 'Numbers the transactions of the wallet from 1 without gaps.',
    }),
    journalId: digits,
    kind: journalKind,
    depositId: depositId.nullable(),
    rand: money.meta({ description: 'Positive: came in; negative: went out.' }),
    credits: digits,
    rateVersion: z.int().nullable(),
    balanceAfter: balanceSchema,
    bookedOn: day.meta({ description: 'The bank’s booking day.' }),
    createdAt: instant,
  }),
  {
    description: 'One change of a wallet’s balance.',
    example: {
      seq: '1',
      journalId: '9031',
      kind: 'credit',
      depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
      rand: { minor: '27500', currency: 'ZAR' },
      credits: '5',
      rateVersion: 1,
      balanceAfter: BALANCE_EXAMPLE,
      bookedOn: '2026-11-20',
      createdAt: '2026-11-20T08:15:02.000Z',
    },
  },
);

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
