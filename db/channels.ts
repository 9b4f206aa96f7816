/** Postgres channels. A notification only triggers a read: listeners read the rows again, and the rows decide. */
export const BANK_EVENTS_CHANNEL = 'purser_bank_events';
export const NOTIFICATIONS_CHANNEL = 'purser_notifications';
