import {
  beat,
  countRefusals,
  recordVerification,
  replaceReports,
} from '../../../db/queries/alerts/alerts.ts';
import type { AlertKind } from '../../../domain/words/alert-words.ts';
import { waitFor } from '../../support/wait-for.ts';
import {
  aCase,
  aDeposit,
  aFile,
  aProof,
  approveLongAgo,
  aReview,
  aRun,
  aStatement,
  closeReviews,
  owner,
  set,
  setFiles,
  settleCases,
  type On,
} from './alert-rows.ts';

export interface Cause {
  readonly subject?: 'service';
  readonly cause: (on: On) => Promise<unknown>;
  readonly end: (on: On) => Promise<unknown>;
}

/** How the cause of each alert comes and goes. */
export const CAUSES: Readonly<Record<AlertKind, Cause>> = {
  account_unread: {
    cause: async (on) => {
      await set(on, 'feed', `'json'`);
      await set(on, 'created_at', `now() - interval '1 hour'`);
    },
    end: (on) => aRun(on, { outcome: 'completed', ago: '1 minute' }),
  },
  audit_unsealed: {
    subject: 'service',
    // Audit rows never change: the one that is too old is written so.
    cause: (on) =>
      owner(
        on,
        `insert into audit_events (happened_at, action, actor_kind, subject_kind, subject_id) values (now() - interval '2 hours', 'test.old', 'system', 'test', 'x')`,
      ),
    // A transaction of another test on this server delays the sealer.
    end: (on) =>
      waitFor('the audit trail is sealed', async () => {
        await owner(on, `select count(*) from seal_audit(1000)`);
        const open = await owner(
          on,
          `select from audit_events e where not exists (select from audit_seals s where s.event_ids @> e.id)`,
        );
        return open.length === 0;
      }),
  },
  balance_differs: {
    cause: async (on) => {
      await aProof(on, 100);
      await aProof(on, 100);
    },
    end: (on) => aProof(on, 0),
  },
  balance_gap: {
    cause: (on) => aRun(on, { outcome: 'completed', gap: true }),
    end: (on) => aRun(on, { outcome: 'completed', new: 1, ago: '1 minute' }),
  },
  bank_silent: {
    cause: async (on) => {
      await set(on, 'feed', `'json'`);
      for (let day = 20; day >= 10; day -= 1)
        await aRun(on, { outcome: 'completed', new: 1, ago: `${day} days` });
    },
    end: (on) => aRun(on, { outcome: 'completed', new: 1, ago: '1 minute' }),
  },
  consent_ending: {
    cause: (on) => set(on, 'consent_ends_on', 'current_date + 7'),
    end: (on) => set(on, 'consent_ends_on', 'current_date + 90'),
  },
  decision_stuck: {
    cause: async (on) => {
      await approveLongAgo(on, await aDeposit(on));
    },
    end: (on) =>
      owner(
        on,
        `update decisions set state = 'executed', outcome = 'dismissed', applied_at = now()
          where deposit_id in (select id from deposits where bank_account_key = $1)`,
        on.account,
      ),
  },
  deposit_stuck: {
    cause: async (on) => {
      await owner(
        on,
        `update deposits set captured_at = now() - interval '6 minutes' where id = $1`,
        await aDeposit(on),
      );
    },
    end: (on) =>
      owner(on, `update deposits set captured_at = now() where bank_account_key = $1`, on.account),
  },
  gate_closed: {
    cause: (on) =>
      owner(
        on,
        `insert into gates (scope, state, cause, reason) values ($1, 'closed', 'operator', 'test')`,
        on.account,
      ),
    end: (on) => owner(on, `update gates set state = 'open' where scope = $1`, on.account),
  },
  line_changed: { cause: (on) => aCase(on, 'line_vanished'), end: settleCases },
  reversal_unpaired: { cause: (on) => aCase(on, 'reversal_unpaired'), end: settleCases },
  review_escalated: { cause: (on) => aReview(on, 'escalated_at'), end: closeReviews },
  review_overdue: { cause: (on) => aReview(on, 'overdue_at'), end: closeReviews },
  rows_unreadable: {
    cause: async (on) => {
      await aRun(on, { outcome: 'completed' });
      await owner(
        on,
        `insert into quarantined_rows (bank_account_key, source, digest, occurrence, position, why, raw, day_from, day_to, run_id)
         select $1, 'poll', repeat('d', 64), 1, 'page 1, row 1', 'amount', '{}', current_date, current_date, id from runs where bank_account_key = $1 limit 1`,
        on.account,
      );
      await owner(
        on,
        `insert into line_cases (kind, row_id) select 'row_unreadable', id from quarantined_rows where bank_account_key = $1`,
        on.account,
      );
    },
    end: (on) =>
      owner(
        on,
        `update line_cases k set closed_at = now(), outcome = 'settled' from quarantined_rows q where q.id = k.row_id and q.bank_account_key = $1`,
        on.account,
      ),
  },
  run_failed: {
    cause: (on) => aRun(on, { outcome: 'failed', code: 'bank.unauthorized' }),
    end: (on) => aRun(on, { outcome: 'completed', ago: '1 minute' }),
  },
  schedule_paused: {
    cause: (on) =>
      replaceReports(
        on.test.db,
        ['schedule_paused'],
        [
          {
            kind: 'schedule_paused',
            subject: on.account,
            accountKey: on.account,
            example: 'poll/x',
            count: 1,
          },
        ],
      ),
    end: (on) => replaceReports(on.test.db, ['schedule_paused'], []),
  },
  statement_gap: { cause: (on) => aStatement(on, 'gap'), end: (on) => aStatement(on, 'follows') },
  statement_held: { cause: (on) => aFile(on, 'held'), end: (on) => setFiles(on, 'captured') },
  statement_stuck: {
    cause: (on) => aFile(on, 'received', '11 minutes'),
    end: (on) => setFiles(on, 'captured'),
  },
  unknown_fields: {
    cause: (on) =>
      owner(
        on,
        `insert into unknown_fields (bank_account_key, name) values ($1, 'category')`,
        on.account,
      ),
    end: (on) =>
      owner(
        on,
        `update unknown_fields set first_seen_at = now() - interval '8 days' where bank_account_key = $1`,
        on.account,
      ),
  },
  verify_late: {
    subject: 'service',
    cause: async (on) => {
      await set(on, 'created_at', `now() - interval '27 hours'`);
      await owner(
        on,
        `insert into verifications (ran_at, broken) values (now() - interval '27 hours', '{}')`,
      );
    },
    end: (on) => recordVerification(on.test.db, []),
  },
  verify_red: {
    subject: 'service',
    cause: (on) => recordVerification(on.test.db, ['I4', 'I7']),
    end: (on) => recordVerification(on.test.db, []),
  },
  webhook_refused: {
    cause: (on) =>
      countRefusals(on.test.db, {
        accountKey: on.account,
        code: 'webhook.bad_signature',
        count: 10,
      }),
    end: (on) =>
      owner(
        on,
        `update webhook_refusals set last_at = now() - interval '61 minutes' where bank_account_key = $1`,
        on.account,
      ),
  },
  webhook_stuck: {
    cause: (on) =>
      owner(
        on,
        `insert into bank_events (bank_account_key, event_id, body, body_sha256, received_at)
         values ($1, 'e1', 'x', 'x', now() - interval '3 minutes')`,
        on.account,
      ),
    end: (on) =>
      owner(
        on,
        `update bank_events set handled_at = now(), outcome = 'known' where bank_account_key = $1`,
        on.account,
      ),
  },
  worker_silent: {
    subject: 'service',
    cause: async (on) => {
      await set(on, 'created_at', `now() - interval '2 minutes'`);
      await owner(on, `delete from service_beats`);
    },
    end: (on) => beat(on.test.db, 300),
  },
  workflow_wedged: {
    cause: (on) =>
      replaceReports(
        on.test.db,
        ['workflow_wedged'],
        [
          {
            kind: 'workflow_wedged',
            subject: on.account,
            accountKey: on.account,
            example: 'deposit/x',
            count: 2,
          },
        ],
      ),
    end: (on) => replaceReports(on.test.db, ['workflow_wedged'], []),
  },
};
