/** Postgres channels. A notification is a doorbell only: the rows are the truth, and listeners read them again. */
export const BANK_EVENTS_CHANNEL = 'purser_bank_events';
export const NOTIFICATIONS_CHANNEL = 'purser_notifications';
