import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { request as requestByHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { isPublicAddress } from './public-address.js';
import { WebhookAddressRefused, WebhookGone, WebhookRefused, WebhookUnavailable } from './webhook-errors.js';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const longestAnswerBytes = 64 * 1024;
const longestRetryAfterSeconds = 24 * 3_600;
const askAgain = new Set([408, 409, 423, 425, 429]);

const resolveBySystem: Resolve = (host) => promisify(systemLookup)(host, { all: true });

/**
 * Posts to addresses that other people typed in.
 *
 * A name is resolved once, every address it has is checked, and the connection goes to one of those: a name that
 * changes its mind in between leads nowhere. Redirects are not followed.
 */
export class OutsideHttp {
  private readonly timeoutMs: number;
  private readonly resolve: Resolve;

  /** @param allowed hosts that may be private and may speak plain http. */
  constructor(
    private readonly allowed: readonly string[],
    options: { timeoutMs?: number; resolve?: Resolve } = {},
  ) {
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.resolve = options.resolve ?? resolveBySystem;
  }

  /** @throws {WebhookAddressRefused} @throws {WebhookRefused} @throws {WebhookGone} @throws {WebhookUnavailable} */
  async post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const target = this.checked(url);
    const answer = await this.ask(target, body, headers);
    const { status } = answer;
    if (status >= 200 && status < 300) return;
    if (status === 410) throw new WebhookGone();
    if (status >= 500 || askAgain.has(status)) throw new WebhookUnavailable({ status }, answer.retryAfterSeconds);
    throw new WebhookRefused(status);
  }

  private checked(text: string): URL {
    const url = URL.parse(text);
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
      throw new WebhookAddressRefused('malformed');
    if (url.username !== '' || url.password !== '') throw new WebhookAddressRefused('credentials');
    const host = hostOf(url);
    if (this.isAllowed(host)) return url;
    if (isIP(host) !== 0 && !isPublicAddress(host)) throw new WebhookAddressRefused('private');
    if (url.protocol === 'http:') throw new WebhookAddressRefused('plain-http');
    return url;
  }

  private isAllowed(host: string): boolean {
    return this.allowed.some((allowed) => allowed.toLowerCase() === host);
  }

  private async ask(
    url: URL,
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ status: number; retryAfterSeconds: number | undefined }> {
    const request = url.protocol === 'https:' ? requestByHttps : requestByHttp;
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request(url, {
          method: 'POST',
          agent: false,
          lookup: this.checkedLookup(),
          signal: AbortSignal.timeout(this.timeoutMs),
          headers: {
            ...headers,
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(body)),
            'user-agent': 'Relance',
          },
        })
          .on('response', resolve)
          .on('error', reject)
          .end(body);
      });
      await readAway(response);
      return { status: response.statusCode ?? 0, retryAfterSeconds: retryAfterOf(response) };
    } catch (error) {
      if (error instanceof WebhookAddressRefused) throw error;
      throw new WebhookUnavailable({ cause: codeOf(error) });
    }
  }

  private checkedLookup(): LookupFunction {
    return (host, options, callback) => {
      this.resolve(host).then(
        (addresses) => {
          const [first] = addresses;
          if (first === undefined) return callback(new Error('no address'), '');
          if (!this.isAllowed(host.toLowerCase()) && !addresses.every(({ address }) => isPublicAddress(address))) {
            return callback(new WebhookAddressRefused('private'), '');
          }
          if (options.all === true) return callback(null, [...addresses]);
          return callback(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, ''),
      );
    };
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

/** What the receiver has to say is of no use; it is taken so that it can end politely, up to a limit. */
async function readAway(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  await new Promise<void>((resolve) => {
    response
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > longestAnswerBytes) response.destroy();
      })
      .on('error', () => resolve())
      .on('close', () => resolve());
  });
}

function retryAfterOf(response: IncomingMessage): number | undefined {
  const stated = response.headers['retry-after'];
  if (stated === undefined) return undefined;
  const seconds = /^\d+$/.test(stated) ? Number(stated) : Math.ceil((Date.parse(stated) - Date.now()) / 1_000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestRetryAfterSeconds);
}

/** The reason without the text: that one quotes hosts and addresses. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
