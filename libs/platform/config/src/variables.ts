import { z } from 'zod';

/** A whole number from text, within bounds. */
export function wholeNumber(bounds: { min: number; max: number; default: number }): z.ZodType<number> {
  return z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(bounds.min).max(bounds.max))
    .default(bounds.default);
}

/** `true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`. */
export function flag(initially: boolean): z.ZodType<boolean> {
  return z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] }).default(initially);
}

/** Text parts between commas, trimmed, empty ones left out. */
export function commaList(): z.ZodType<string[]> {
  return z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
}

/** An absolute URL of one of the given schemes (`https:`), optional. */
export function optionalUrl(...schemes: string[]): z.ZodType<string | undefined> {
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
      `must be a URL of ${schemes.join(' or ')}`,
    )
    .optional();
}
