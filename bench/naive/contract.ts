/** A separate queue, so that the product's worker takes none of this work. */
export const NAIVE_TASK_QUEUE = 'bench-naive';
export const NAIVE_RECONCILE = 'naiveReconcile';
