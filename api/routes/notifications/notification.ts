import { z } from 'zod';
import { NOTIFICATION_KINDS } from '../../../db/schema/notifications.ts';
import type { Notification } from '../../../db/queries/notifications.ts';
import { ZAR } from '../../../domain/money/money.ts';
import { named } from '../../schemas/named.ts';
import {
  depositId,
  digits,
  instant,
  money,
  toInstant,
  toInstantOrNull,
  toMoney,
} from '../../schemas/wire.ts';

const NOTIFICATION_EXAMPLE = {
  id: '42',
  kind: 'deposit_credited',
  depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
  amount: { minor: '27500', currency: 'ZAR' },
  credits: '5',
  pending: { minor: '0', currency: 'ZAR' },
  createdAt: '2026-11-20T08:15:02.000Z',
  deliveredAt: null,
  readAt: null,
} as const;

export const notificationSchema = named(
  'Notification',
  z.strictObject({
    id: digits,
    kind: z.enum(NOTIFICATION_KINDS),
    depositId,
    amount: money,
    credits: digits,
    pending: money.meta({
      description:
        'Rand of this credit that cannot be spent now: the bank has not confirmed the deposit, or shows it no longer.',
    }),
    createdAt: instant,
    deliveredAt: instant.nullable(),
    readAt: instant.nullable(),
  }),
  { description: 'What a customer is notified of.', example: NOTIFICATION_EXAMPLE },
);
/** One message of the WebSocket. */
export const notificationMessageSchema = named(
  'NotificationMessage',
  z.strictObject({ type: z.literal('notification'), notification: notificationSchema }),
  {
    description: 'One message of the WebSocket.',
    example: { type: 'notification', notification: NOTIFICATION_EXAMPLE },
  },
);

export type NotificationOutput = z.infer<typeof notificationSchema>;

export function toNotification(row: Notification): NotificationOutput {
  return {
    id: row.id.toString(),
    kind: row.kind,
    depositId: row.depositId,
    amount: toMoney(row.amountMinor, ZAR),
    credits: row.credits.toString(),
    pending: toMoney(row.heldMinor, ZAR),
    createdAt: toInstant(row.createdAt),
    deliveredAt: toInstantOrNull(row.deliveredAt),
    readAt: toInstantOrNull(row.readAt),
  };
}
