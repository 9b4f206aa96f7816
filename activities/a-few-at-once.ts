/** As many calls of Temporal as one activity makes at once. */
const AT_ONCE = 50;

/** Calls `each` for all items, a few at once and in their order, and `onGroup` after each few with the last item. */
export async function aFewAtOnce<Item>(
  items: readonly Item[],
  each: (item: Item) => Promise<unknown>,
  onGroup: (last: Item) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const group = items.slice(start, start + AT_ONCE);
    await Promise.all(group.map(each));
    const last = group.at(-1);
    if (last !== undefined) onGroup(last);
  }
}
