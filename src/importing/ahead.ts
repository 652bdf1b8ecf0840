/** The same items, each asked for while the one before it is still being worked on. */
export async function* oneAhead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]() as AsyncIterator<Item, undefined>;
  let next = iterator.next();
  // A failure is met when its turn comes; until then it must not count as unhandled.
  next.catch(() => undefined);
  try {
    for (;;) {
      const current = await next;
      if (current.done) return;
      next = iterator.next();
      next.catch(() => undefined);
      yield current.value;
    }
  } finally {
    await iterator.return?.();
  }
}
