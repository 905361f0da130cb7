import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

const keepAliveMs = 10_000;

/** The connections of one kafkajs client: known, so that they can be ended when the other side is silent. */
export class KafkaSockets {
  /** True once a connection was lost that nobody here ended. */
  isLost = false;
  private isEnded = false;
  private readonly open = new Set<Socket>();

  /**
   * @param isOnce true: a client that has lost a connection gets no other. kafkajs connects again within a request and
   * in silence, and what answers then may be another Kafka.
   */
  constructor(private readonly isOnce: boolean) {}

  readonly factory: ISocketFactory = ({ host, port, onConnect }) => {
    if (this.isEnded || (this.isOnce && this.isLost)) throw new Error('this client is at its end');
    const socket = connect({ host, port }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    socket.setNoDelay(true);
    this.open.add(socket);
    socket.once('close', () => {
      this.open.delete(socket);
      this.isLost ||= !this.isEnded;
    });
    return socket;
  };

  /** Ends every connection at once; what waits on them fails. */
  end(): void {
    this.isEnded = true;
    for (const socket of this.open) socket.destroy(new Error('the client was ended'));
  }
}
