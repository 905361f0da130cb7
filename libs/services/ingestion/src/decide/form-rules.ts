import { factPathOf } from './fact-path.js';
import type { FactPath } from './fact-path.js';
import { squashName, understoodField } from './field-names.js';

/** What a source says about its forms. */
export interface FormSettings {
  /** Their field → our path. Wins over what is understood without it. */
  readonly mapping: Readonly<Record<string, string>>;
  /** Field or path → value, for what was not given. */
  readonly defaults: Readonly<Record<string, string>>;
  /** The field that no person sees. */
  readonly honeypot?: string | undefined;
  /** What the box says, where the form does not send it. */
  readonly consentWording?: string | undefined;
}

export type Meaning = FactPath | 'answer' | 'trap';

/** The snippet's trap field; every source has it. */
const snippetTrap = 'relance_hp';
const remembered = 1_000;

/** How the fields of one source are read. Remembers the names it has met, at most a thousand. */
export class FormRules {
  readonly defaults: readonly (readonly [FactPath, string])[];
  private readonly met = new Map<string, Meaning>();
  private readonly mapping: ReadonlyMap<string, FactPath>;
  private readonly traps: ReadonlySet<string>;

  constructor(readonly settings: FormSettings) {
    this.mapping = new Map(
      Object.entries(settings.mapping).flatMap(([field, path]) => {
        const fact = factPathOf(path);
        return fact === null ? [] : [[squashName(field), fact] as const];
      }),
    );
    this.defaults = Object.entries(settings.defaults).flatMap(([field, value]) => {
      const fact = factPathOf(field) ?? understoodField(field);
      return fact === null ? [] : [[fact, value] as const];
    });
    this.traps = new Set([snippetTrap, settings.honeypot ?? snippetTrap].map(squashName));
  }

  meaningOf(name: string): Meaning {
    const met = this.met.get(name);
    if (met !== undefined) return met;
    const meaning = this.find(name);
    if (this.met.size < remembered && name.length <= 100) this.met.set(name, meaning);
    return meaning;
  }

  private find(name: string): Meaning {
    const squashed = squashName(name);
    if (this.traps.has(squashed)) return 'trap';
    return this.mapping.get(squashed) ?? understoodField(name) ?? 'answer';
  }
}
