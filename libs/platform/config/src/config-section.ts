import type { z } from 'zod';
import { AppError } from '@relance/errors';

/** One environment variable: its schema (from text), what it is for, and an example for `.env.example`. */
export interface Variable<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  readonly about: string;
  /** The value shown in `.env.example`; a variable that is optional is shown commented out. */
  readonly example?: string;
  readonly isSecret?: boolean;
}

export type Variables = Readonly<Record<string, Variable>>;

export interface ConfigSection<Shape extends Variables = Variables> {
  readonly name: string;
  readonly variables: Shape;
  /** Nest's injection token of the parsed values. */
  readonly token: symbol;
}

export type ConfigOf<Section> =
  Section extends ConfigSection<infer Shape>
    ? { readonly [Name in keyof Shape]: z.infer<Shape[Name]['schema']> }
    : never;

/** Declares every variable that one service or platform part reads. */
export function configSection<Shape extends Variables>(name: string, variables: Shape): ConfigSection<Shape> {
  return { name, variables, token: Symbol(`config:${name}`) };
}

/** Variables that are missing or wrong. Names each, and prints no value. */
export class ConfigInvalid extends AppError {
  readonly code = 'config.invalid';
  readonly kind = 'invalid';

  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * Parses sections from an environment. An empty variable counts as not set.
 *
 * @throws {ConfigInvalid} that names every bad variable of every section.
 */
export function readConfig(
  sections: readonly ConfigSection[],
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<symbol, unknown> {
  const problems: string[] = [];
  const parsed = new Map<symbol, unknown>();
  for (const section of sections) {
    const values: Record<string, unknown> = {};
    for (const [name, variable] of Object.entries(section.variables)) {
      const given = environment[name];
      const result = variable.schema.safeParse(given === '' ? undefined : given);
      if (result.success) values[name] = result.data;
      else
        problems.push(
          `${name}: ${result.error.issues.map((issue) => withoutValue(issue)).join('; ')} (${variable.about})`,
        );
    }
    parsed.set(section.token, values);
  }
  if (problems.length > 0) throw new ConfigInvalid(problems);
  return parsed;
}

/** zod's messages say what was expected; those that could quote what was given are replaced. */
function withoutValue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys' || issue.code === 'invalid_key') return 'is not valid';
  return issue.message;
}

/** One section alone, for tests and small tools. */
export function readSection<Shape extends Variables>(
  section: ConfigSection<Shape>,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigOf<ConfigSection<Shape>> {
  return readConfig([section], environment).get(section.token) as ConfigOf<ConfigSection<Shape>>;
}
