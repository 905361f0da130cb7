import { z } from 'zod';
import { InvalidInput, issuesOf } from '@relance/errors';
import { instantSchema, leadIdSchema } from '@relance/lead';
import type { EngagementAcceptance } from '../accept/engagement-acceptance.js';
import { cleanLine } from '../decide/clean-text.js';
import { normaliseEmail } from '../decide/normalise-email.js';
import { normalisePhone } from '../decide/normalise-phone.js';
import { parseJson } from '../parse/parse-json.js';
import { isSameSecret } from '../store/secret-box.js';
import type { SecretBox } from '../store/secret-box.js';
import { sourceKinds } from '../store/live-source.js';
import type { LiveSource } from '../store/live-source.js';
import type { Engagement } from '../store/engagement.repository.js';
import { jsonAnswer } from './incoming.js';
import type { Door, Incoming } from './incoming.js';
import { SecretWrong } from './intake-errors.js';

const line = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !text.includes('\0'), { error: 'holds a NUL character' })
    .transform(cleanLine);

const mostProperties = 50;

const engagementSchema = z.object({
  id: line(200).pipe(z.string().min(1)),
  leadId: leadIdSchema.optional(),
  email: line(320).optional(),
  phone: line(60).optional(),
  kind: z
    .string()
    .regex(/^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/, 'must be words of a-z 0-9 between dots')
    .max(100),
  at: instantSchema.optional(),
  properties: z
    .record(line(100), z.union([line(1_000), z.number(), z.boolean()]))
    .refine((properties) => Object.keys(properties).length <= mostProperties, {
      error: `has more than ${mostProperties} entries`,
    })
    .default({}),
});

/** `POST /in/engagements/{key}`: servers that know the source's secret tell what known people did. */
export function engagementDoor(
  acceptance: Pick<EngagementAcceptance, 'accept'>,
  secrets: Pick<SecretBox, 'open'>,
): Door {
  return {
    path: '/in/engagements/:key',
    kinds: sourceKinds,
    mediaTypes: new Set(['application/json']),
    isPublic: false,
    async receive(incoming) {
      requireBearer(incoming, secrets);
      const engagement = engagementOf(incoming);
      const leadId = await acceptance.accept(engagement);
      return jsonAnswer(202, { id: engagement.externalId, leadId, status: 'accepted' });
    },
  };
}

function requireBearer({ headers, source, receivedAt }: Incoming, secrets: Pick<SecretBox, 'open'>): void {
  const given = /^Bearer +(\S.*)$/i.exec(headers.authorization ?? '')?.[1]?.trim() ?? '';
  if (!secretsOf(source, secrets, receivedAt).some((secret) => isSameSecret(given, secret))) throw new SecretWrong();
}

/** The secrets that are good now. None configured is none good: everything is refused. */
function secretsOf(source: LiveSource, secrets: Pick<SecretBox, 'open'>, now: Date): string[] {
  return source.secrets
    .filter(({ until }) => until === null || until > now)
    .map(({ sealed }) => secrets.open(sealed, `source/${source.key}`));
}

function engagementOf({ body, source, receivedAt }: Incoming): Engagement {
  const parsed = engagementSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new InvalidInput(issuesOf(parsed.error.issues));
  const { id, leadId, kind, at, properties } = parsed.data;
  const email = parsed.data.email === undefined ? undefined : normalisedEmail(parsed.data.email);
  const phone =
    parsed.data.phone === undefined
      ? undefined
      : (normalisePhone(parsed.data.phone, source.defaultCountry) ?? undefined);
  if (leadId === undefined && email === undefined && phone === undefined) {
    throw new InvalidInput([
      { pointer: '/email', code: 'required', message: 'give an e-mail address, a phone number or a lead id' },
    ]);
  }
  return {
    sourceKey: source.key,
    externalId: id,
    leadId,
    email,
    phone,
    kind,
    at: at === undefined ? receivedAt : new Date(at),
    properties,
  };
}

function normalisedEmail(given: string): string | undefined {
  const normalised = normaliseEmail(given);
  if (!normalised.isValid)
    throw new InvalidInput([{ pointer: '/email', code: 'invalid-email', message: 'is not an e-mail address' }]);
  return normalised.email;
}
