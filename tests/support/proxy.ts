import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One connection through the proxy. */
export interface Passage {
  /** What its client has sent so far, as text: names of statements can be told by it. */
  readonly said: string;
  /** From now on nothing goes through, in neither direction, and nobody is told. */
  silence(): void;
}

/** A TCP proxy before a server, which can do what networks do. */
export interface Proxy {
  readonly port: number;
  /** Those that are open. */
  readonly passages: ReadonlySet<Passage>;
  /** Ends every connection with a reset. */
  cut(): void;
  /** Takes no connections, until {@link heal}. */
  refuse(): Promise<void>;
  /** Takes connections and lets nothing through, on them and on those that are open, until {@link heal}. */
  swallow(): void;
  /** Lets everything through, each way so much later. */
  delay(ms: number): void;
  /** As it was. What was open when it was swallowed stays dead, as behind a firewall that has forgotten it. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

interface Open extends Passage {
  said: string;
  isSilent: boolean;
  reset(): void;
}

const mostRemembered = 100_000;

export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  const passages = new Set<Open>();
  let isSwallowing = false;
  let delayMs = 0;

  function pass(client: Socket): void {
    const server = connect(target.port, target.host);
    const passage: Open = {
      said: '',
      isSilent: isSwallowing,
      silence() {
        passage.isSilent = true;
      },
      reset() {
        client.resetAndDestroy();
        server.destroy();
      },
    };
    passages.add(passage);
    const carry = (from: Socket, to: Socket) => {
      from.on('data', (bytes: Buffer) => {
        if (from === client) passage.said = (passage.said + bytes.toString('latin1')).slice(-mostRemembered);
        if (passage.isSilent) return;
        if (delayMs === 0) to.write(bytes);
        else setTimeout(() => void (passage.isSilent || to.destroyed || to.write(bytes)), delayMs);
      });
      from.on('end', () => void (passage.isSilent || to.end()));
      // What is broken on one side is seen on the other, unless nothing is.
      from.on('error', () => undefined);
      from.on('close', () => {
        if (passage.isSilent && from === server) return;
        passages.delete(passage);
        to.destroy();
      });
    };
    carry(client, server);
    carry(server, client);
    for (const socket of [client, server]) socket.setNoDelay(true);
  }

  const listener = createServer({ allowHalfOpen: true }, pass);
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, '127.0.0.1', () => {
        listener.off('error', reject);
        resolve();
      });
    });
  const deafen = () => new Promise<void>((resolve) => void listener.close(() => resolve()));
  await listen(0);
  const { port } = listener.address() as AddressInfo;
  const cut = () => {
    for (const passage of passages) passage.reset();
  };
  return {
    port,
    passages,
    cut,
    async refuse() {
      if (!listener.listening) return;
      const deaf = deafen();
      cut();
      await deaf;
    },
    swallow() {
      isSwallowing = true;
      for (const passage of passages) passage.silence();
    },
    delay(ms) {
      delayMs = ms;
    },
    async heal() {
      isSwallowing = false;
      delayMs = 0;
      if (!listener.listening) await listen(port);
    },
    async close() {
      if (!listener.listening) return;
      const deaf = deafen();
      cut();
      await deaf;
    },
  };
}
