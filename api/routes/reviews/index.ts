import type { ApiApp, ApiDeps } from '../../deps.ts';
import { addCommentRoute } from './add-comment.ts';
import { assignReviewRoute } from './assign.ts';
import { decideReviewRoute } from './decide.ts';
import { decideReviewsRoute } from './decide-many.ts';
import { exportReviewsRoute } from './export.ts';
import { listReviewsRoute } from './list.ts';
import { listCommentsRoute } from './list-comments.ts';
import { listSuggestionsRoute } from './list-suggestions.ts';

/** The queue of deposits that wait for a person. */
export function reviewRoutes(app: ApiApp, deps: ApiDeps): void {
  addCommentRoute(app, deps);
  assignReviewRoute(app, deps);
  decideReviewRoute(app, deps);
  decideReviewsRoute(app, deps);
  exportReviewsRoute(app, deps);
  listReviewsRoute(app, deps);
  listCommentsRoute(app, deps);
  listSuggestionsRoute(app, deps);
}
