/** Sends a statement for whoever wants to know of it: how long it took, for whom it was. */
export type Watch = <Result>(text: string, send: () => Promise<Result>) => Promise<Result>;

/** How many statements were sent for one thing, and how long they took, one after the other or at once. */
export class Tally {
  statements = 0;
  ms = 0;

  readonly watch: Watch = async (_text, send) => {
    const began = performance.now();
    try {
      return await send();
    } finally {
      this.statements += 1;
      this.ms += performance.now() - began;
    }
  };
}
