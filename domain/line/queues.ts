/** Items under keys. An item that is taken under one key is gone under all. */
export interface Queues<Item> {
  /** Of the items under any of the keys, the first one in the order of all items that is not taken and fits. */
  first(keys: readonly string[], fits?: (item: Item) => boolean): Item | undefined;
  take(item: Item): void;
}

interface Queue<Item> {
  readonly items: { readonly item: Item; readonly place: number }[];
  /** Everything before it is taken. */
  start: number;
}

/**
 * Queues that forget what is taken from their front: thousands of items under one key then cost no more than as many under
 * keys of their own.
 */
export function createQueues<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => Iterable<string>,
): Queues<Item> {
  const queues = new Map<string, Queue<Item>>();
  items.forEach((item, place) => {
    for (const key of new Set(keysOf(item))) {
      const queue = queues.get(key);
      if (queue === undefined) queues.set(key, { items: [{ item, place }], start: 0 });
      else queue.items.push({ item, place });
    }
  });
  const taken = new Set<Item>();
  const firstOf = (key: string, fits: (item: Item) => boolean) => {
    const queue = queues.get(key);
    if (queue === undefined) return undefined;
    const isTaken = (at: number) => {
      const here = queue.items[at];
      return here !== undefined && taken.has(here.item);
    };
    while (isTaken(queue.start)) queue.start += 1;
    for (let at = queue.start; at < queue.items.length; at += 1) {
      const here = queue.items[at];
      if (here !== undefined && !taken.has(here.item) && fits(here.item)) return here;
    }
    return undefined;
  };
  return {
    first: (keys, fits = () => true) => {
      const [only, ...others] = keys.flatMap((key) => firstOf(key, fits) ?? []);
      return others.reduce(
        (best, each) => (best !== undefined && best.place < each.place ? best : each),
        only,
      )?.item;
    },
    take: (item) => void taken.add(item),
  };
}
