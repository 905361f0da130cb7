import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** What is still under way when the process is told to end gets this long. */
const endRequestsWithinMs = 800;

/** Takes no more, lets what is under way end for a moment, then hangs up on clients that are slower: a stop does not wait for them. */
export async function closeApp(app: NestFastifyApplication): Promise<void> {
  const hangUp = setInterval(() => app.getHttpServer().closeAllConnections(), endRequestsWithinMs);
  try {
    await app.close();
  } finally {
    clearInterval(hangUp);
  }
}
