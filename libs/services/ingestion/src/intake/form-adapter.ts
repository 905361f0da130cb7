import { InvalidInput } from '@relance/errors';
import type { Fields } from '../decide/fields.js';
import { unreachable } from '../decide/unreachable.js';
import { readForm } from '../decide/read-form.js';
import { parseJsonFields } from '../parse/parse-json-fields.js';
import { parseMultipart } from '../parse/parse-multipart.js';
import { parseUrlencoded } from '../parse/parse-urlencoded.js';
import type { Door, Incoming } from './incoming.js';
import { jsonAnswer } from './incoming.js';
import type { Adapter, Piece } from './lead-door.js';
import { thankYouPage } from './thank-you-page.js';

/** What a form post holds: one person, and where the browser wants to go. */
export interface FormPost {
  readonly pieces: readonly [Piece];
  readonly redirect: string | undefined;
}

const urlencoded = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data';

export const formPlace: Omit<Door, 'receive'> = {
  path: '/in/forms/:key',
  kinds: ['form'],
  // A page that posts JSON with `no-cors` or `sendBeacon` can only send it as text.
  mediaTypes: new Set([urlencoded, multipart, 'application/json', 'text/plain']),
  isPublic: true,
};

/** A form on a website. Its key stands in the page: it identifies, and proves nothing. */
export const formAdapter: Adapter<FormPost> = {
  trust: 'public',

  verify() {
    return;
  },

  split(incoming) {
    return read(fieldsOf(incoming), incoming);
  },

  check: unreachable,

  answer([accepted], { redirect }, { source, headers, mediaType }) {
    const isBrowser =
      (mediaType === urlencoded || mediaType === multipart) && (headers.accept?.includes('text/html') ?? false);
    if (!isBrowser) return jsonAnswer(202, accepted);
    const listed = redirect === undefined ? undefined : listedUrl(redirect, source.settings.redirectUrls ?? []);
    if (listed === undefined) return thankYouPage(headers['accept-language']);
    return { status: 303, headers: { location: listed, 'cache-control': 'no-store' }, body: '' };
  },
};

function fieldsOf({ mediaType, body, headers }: Incoming): Fields {
  if (mediaType === urlencoded) return parseUrlencoded(body);
  if (mediaType === multipart) return parseMultipart(body, headers['content-type'] ?? '');
  return parseJsonFields(body);
}

function read(fields: Fields, { source, headers }: Incoming): FormPost {
  const form = readForm(fields, source.rules);
  if (form.issues.length > 0) throw new InvalidInput(form.issues);
  return {
    redirect: form.redirect,
    pieces: [
      {
        given: form.facts,
        suspicion: form.isTrapped ? 'honeypot' : null,
        idempotencyKey: idempotencyKey(headers['idempotency-key']) ?? form.idempotencyKey,
        pageUrl: pageOf(headers.referer),
      },
    ],
  };
}

/** The header may stand twice, and may be quoted as the draft standard has it. */
function idempotencyKey(header: string | string[] | undefined): string | undefined {
  const key = (Array.isArray(header) ? header[0] : header)?.trim();
  return key === undefined || key === '' ? undefined : key;
}

function pageOf(referer: string | undefined): string | undefined {
  return referer === undefined || referer.length > 2_000 || !/^https?:\/\//.test(referer) ? undefined : referer;
}

/** Only where the source says, compared as URLs; never where the request says. */
function listedUrl(wanted: string, listed: readonly string[]): string | undefined {
  const href = URL.parse(wanted)?.href;
  return href === undefined ? undefined : listed.find((url) => URL.parse(url)?.href === href);
}
