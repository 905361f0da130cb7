import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A way to a server that can be cut and mended: the server itself stays up. */
export interface CuttableProxy {
  /** The server's URL with our host and port. */
  readonly url: string;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Ends every connection, and every new one as soon as it is made. */
  slam(isSlamming: boolean): void;
  /** Connections made so far. */
  readonly made: number;
  close(): Promise<void>;
}

export async function startCuttableProxy(serverUrl: string, defaultPort: number): Promise<CuttableProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  let isSlamming = false;
  let made = 0;
  const server = createServer((client) => {
    made += 1;
    if (isSlamming) return client.destroy();
    const upstream = createConnection(Number(target.port || defaultPort), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      keep(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
    return client.pipe(upstream).pipe(client);
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const cut = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    cut,
    mend: () => listen(port),
    close: async () => {
      if (server.listening) await cut();
    },
    slam: (is) => {
      isSlamming = is;
      if (is) for (const socket of sockets) socket.destroy();
    },
    get made() {
      return made;
    },
  };
}
