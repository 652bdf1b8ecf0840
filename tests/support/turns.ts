/** Runs `work`, and counts the turns of the loop that others have meanwhile. */
export async function turnsDuring<Result>(work: () => Promise<Result>): Promise<{ turns: number; result: Result }> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await new Promise((resolve) => setImmediate(resolve));
  const before = turns;
  try {
    const result = await work();
    return { turns: turns - before, result };
  } finally {
    isOver = true;
  }
}
