/** Ends a process that has no more to do two seconds from now, and says what a suite left running in it. */
export function endSoon() {
  setTimeout(() => {
    console.error(`A suite left something running: ${process.getActiveResourcesInfo().join(', ')}.`);
    process.exit(1);
  }, 2000).unref();
}
