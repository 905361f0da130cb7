import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Answer = (asked: Asked, response: ServerResponse) => void;

/** A server behind the gateway: it lives, notes what it is asked, and answers as the test wants. */
export class StandInService {
  readonly asked: Asked[] = [];
  isReady = true;
  answer: Answer = (_asked, response) => void response.end('{}');
  private readonly server = createServer((request, response) => {
    this.take(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/health/live') return void response.end('{}');
    if (request.url === '/health/ready') {
      response.statusCode = this.isReady ? 200 : 503;
      return void response.end(JSON.stringify({ status: this.isReady ? 'ready' : 'not-ready', checks: {} }));
    }
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const asked = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(pieces),
    };
    this.asked.push(asked);
    this.answer(asked, response);
  }
}

/** Answers in JSON. */
export function json(body: unknown, status = 200): Answer {
  return (_asked, response) => {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };
}
