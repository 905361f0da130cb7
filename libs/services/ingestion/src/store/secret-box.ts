import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual, createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '@relance/config';
import { AppError } from '@relance/errors';
import { ingestionConfig } from '../ingestion.config.js';

const scheme = 'v1';

/** What was sealed with another `SECRETS_KEY`, or for another place. */
export class SecretUnreadable extends AppError {
  readonly code = 'ingestion.secret-unreadable';
  readonly kind = 'unavailable';

  constructor(place: string, cause: unknown) {
    super('A stored secret cannot be opened with the present SECRETS_KEY', { place }, { cause });
  }
}

/** Seals secrets for the database: AES-256-GCM, bound to the place they belong to. */
@Injectable()
export class SecretBox {
  constructor(@Inject(ingestionConfig.token) private readonly config: ConfigOf<typeof ingestionConfig>) {}

  /** @param place a sealed secret opens only where it was sealed for. */
  seal(secret: string, place: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key(), nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [scheme, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** @throws {SecretUnreadable} */
  open(sealed: string, place: string): string {
    const [version, nonce, text] = sealed.split('.');
    const bytes = Buffer.from(text ?? '', 'base64url');
    try {
      if (version !== scheme) throw new Error('sealed by a scheme that is not known here');
      const decipher = createDecipheriv('aes-256-gcm', this.key(), Buffer.from(nonce ?? '', 'base64url'));
      decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new SecretUnreadable(place, error);
    }
  }

  private key(): Buffer {
    const key = Buffer.from(this.config.SECRETS_KEY ?? '', 'base64');
    if (key.length !== 32) throw new Error('SECRETS_KEY is not set');
    return key;
  }
}

/** Compares without telling by its time how much was right. An empty secret equals nothing. */
export function isSameSecret(given: string, secret: string): boolean {
  if (secret === '' || given === '') return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
