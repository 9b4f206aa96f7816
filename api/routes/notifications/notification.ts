import { z } from 'zod';
import { NOTIFICATION_KINDS } from '../../../db/schema/notifications.ts';
import type { Notification } from '../../../db/queries/notifications.ts';
import { ZAR } from '../../../domain/money/money.ts';
import {
  depositId,
  digits,
  instant,
  money,
  toInstant,
  toInstantOrNull,
  toMoney,
} from '../../schemas/wire.ts';

export const notificationSchema = z.strictObject({
  id: digits,
  kind: z.enum(NOTIFICATION_KINDS),
  depositId,
  amount: money,
  credits: digits,
  createdAt: instant,
  deliveredAt: instant.nullable(),
  readAt: instant.nullable(),
});
export type NotificationOutput = z.infer<typeof notificationSchema>;

export function toNotification(row: Notification): NotificationOutput {
  return {
    id: row.id.toString(),
    kind: row.kind,
    depositId: row.depositId,
    amount: toMoney(row.amountMinor, ZAR),
    credits: row.credits.toString(),
    createdAt: toInstant(row.createdAt),
    deliveredAt: toInstantOrNull(row.deliveredAt),
    readAt: toInstantOrNull(row.readAt),
  };
}
