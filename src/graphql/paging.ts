/** How many rows a page has when nothing is said, and at most. */
export const defaultSize = 20;
export const largestSize = 100;
