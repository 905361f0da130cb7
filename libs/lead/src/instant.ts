import { z } from 'zod';

/** An instant on the wire: RFC 3339 with a zone. */
export const instantSchema = z.iso.datetime({ offset: true });
