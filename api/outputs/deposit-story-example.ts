import { DEPOSIT_EXAMPLE } from './deposit.ts';

/** A deposit that a poll found and that named its customer: captured, credited, notified. */
export const STORY_EXAMPLE = {
  ...DEPOSIT_EXAMPLE,
  workflow: {
    id: 'deposit/fnb-main/7d6a0c1c',
    round: 1,
    dispatchedAt: '2026-11-20T08:15:01.000Z',
  },
  line: {
    amount: { minor: '27500', currency: 'ZAR' },
    bookingDate: '2026-11-20',
    valueDate: '2026-11-20',
    references: ['CUS00005724'],
    text: 'EFT T NKOSI',
    counterparty: { name: 'T NKOSI', account: '62001234567' },
    occurrence: 1,
    capturedAt: '2026-11-20T08:15:00.000Z',
  },
  sightings: [
    {
      feed: 'poll',
      source: 'investec',
      bankId: 'a1b2c3',
      reference: 'CUS00005724',
      seenAt: '2026-11-20T08:15:00.000Z',
      evidence: null,
      waitedUntil: null,
    },
  ],
  hold: null,
  besideRows: [],
  journals: [
    {
      id: '9031',
      kind: 'credit',
      decisionId: null,
      rateVersion: 1,
      walletId: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
      walletSeq: '1',
      bookedOn: '2026-11-20',
      createdAt: '2026-11-20T08:15:02.000Z',
      postings: [
        { account: 'suspense', owner: 'fnb-main', unit: 'ZAR', amount: '27500' },
        {
          account: 'wallet_prepaid',
          owner: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
          unit: 'ZAR',
          amount: '-25000',
        },
        {
          account: 'wallet_remainder',
          owner: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
          unit: 'ZAR',
          amount: '-2500',
        },
      ],
    },
  ],
  review: null,
  decisions: [],
  notifications: [
    {
      id: '42',
      kind: 'deposit_credited',
      walletId: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
      createdAt: '2026-11-20T08:15:02.000Z',
      publishedAt: '2026-11-20T08:15:02.000Z',
      deliveredAt: null,
      readAt: null,
    },
  ],
  bankEvents: [],
  comments: [],
  gateWaits: [],
  audit: [],
  told: [
    {
      at: '2026-11-20T08:15:00.000Z',
      text: 'R275.00 booked by FNB on 2026-11-20 was captured: “CUS00005724” “EFT T NKOSI”.',
    },
  ],
} as const;
