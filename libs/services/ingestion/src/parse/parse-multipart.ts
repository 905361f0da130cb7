import type { Fields } from '../decide/fields.js';
import { MalformedBody } from './malformed-body.error.js';

/**
 * `multipart/form-data`. Of a file its name is kept; an input without a file is not given.
 *
 * @param contentType the whole header: it says where parts begin.
 * @throws {MalformedBody}
 */
export async function parseMultipart(body: Buffer, contentType: string): Promise<Fields> {
  const form = await read(body, contentType);
  const fields = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of form) {
    const text = typeof value === 'string' ? value : value.name;
    const earlier = fields[name];
    fields[name] = earlier === undefined ? text : [...(typeof earlier === 'string' ? [earlier] : earlier), text];
  }
  return fields;
}

async function read(body: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch (error) {
    if (error instanceof TypeError) throw new MalformedBody('multipart');
    throw error;
  }
}
