import { AppError } from '@relance/errors';

/** The port or the address that was asked for cannot be had. */
export class CannotListen extends AppError {
  readonly code: string;
  readonly kind = 'unavailable';

  constructor(code: string, message: string, cause: unknown) {
    super(message, {}, { cause });
    this.code = code;
  }
}

/** As much of a server as listening needs: Node's own, or Nest's. */
interface Door {
  listen(port: number, host: string): Promise<unknown>;
  address(): string | { readonly address: string; readonly port: number; readonly family: string } | null;
}

/** Opens a door. @returns its origin: `http://127.0.0.1:3000`. @throws {CannotListen} when the port is taken or not ours to take. */
export async function listen(door: Door, host: string, port: number): Promise<string> {
  try {
    await door.listen(port, host);
  } catch (error) {
    throw refusalOf(error, host, port);
  }
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port');
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${shown}:${address.port}`;
}

function refusalOf(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new CannotListen(
      'port.taken',
      `Port ${port} on ${host} is taken. Stop what listens there, or set PORT to another one (0 takes any free one).`,
      error,
    );
  if (code === 'EACCES')
    return new CannotListen(
      'port.forbidden',
      `Port ${port} on ${host} may not be opened by this user. Set PORT to one above 1023.`,
      error,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new CannotListen(
      'host.unknown',
      `${host} is not an address of this machine. Set HOST to one, 127.0.0.1 or 0.0.0.0.`,
      error,
    );
  return error;
}
