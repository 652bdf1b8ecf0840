/** A copy that stands alone: a piece of a string keeps all of the file's chunk alive that it was cut from. */
export function detached(text: string): string {
  return Buffer.from(text).toString();
}
