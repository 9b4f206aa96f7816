/** Its own queue, so that the product's worker takes none of its work. */
export const NAIVE_TASK_QUEUE = 'bench-naive';
export const NAIVE_RECONCILE = 'naiveReconcile';
