import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EnrolmentId } from '@relance/lead';

const idBytes = 16;
const signatureBytes = 32;
const shape = /^[A-Za-z0-9_-]{64}$/;

/** The key that signs unsubscribe links, derived from the installation's own so that neither serves for the other. */
export function unsubscribeKey(secretsKey: string): Uint8Array {
  return createHmac('sha256', Buffer.from(secretsKey, 'base64')).update('relance/nurture/unsubscribe').digest();
}

/** What an unsubscribe link ends with: the enrolment and our signature, in base64url. Never expires: letters are kept. */
export function unsubscribeTokenOf(enrolmentId: EnrolmentId, key: Uint8Array): string {
  const id = Buffer.from(enrolmentId.replaceAll('-', ''), 'hex');
  return Buffer.concat([id, signatureOf(id, key)]).toString('base64url');
}

/** The enrolment a token was made for; null for anything that we have not signed. */
export function enrolmentOfToken(token: string, key: Uint8Array): EnrolmentId | null {
  if (!shape.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  const id = bytes.subarray(0, idBytes);
  if (bytes.length !== idBytes + signatureBytes || !timingSafeEqual(bytes.subarray(idBytes), signatureOf(id, key)))
    return null;
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as EnrolmentId;
}

function signatureOf(id: Uint8Array, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(id).digest();
}
