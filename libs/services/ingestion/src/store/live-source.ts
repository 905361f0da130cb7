import type { SourceKey } from '@relance/lead';
import type { FormRules } from '../decide/form-rules.js';

/** Kinds of sources that there are doors for. */
export const sourceKinds = ['form'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** What can be set on a form. */
export interface SourceSettings {
  /** Origins whose pages may read our answers; `*` for all. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Where a browser may be sent afterwards. */
  readonly redirectUrls?: readonly string[] | undefined;
  /** A field that no person sees. */
  readonly honeypot?: string | undefined;
  /** Submissions per client address; 30 a minute when not set. */
  readonly rateLimit?: 'none' | { readonly perMinute: number } | undefined;
  readonly consentWording?: string | undefined;
}

/** A source as the doors use it: read once, kept in memory until it changes. */
export interface LiveSource {
  readonly key: SourceKey;
  readonly kind: SourceKind;
  readonly isEnabled: boolean;
  readonly settings: SourceSettings;
  readonly rules: FormRules;
  /** ISO 3166-1 alpha-2. */
  readonly defaultCountry: string | undefined;
  /** Sealed, newest first; the second is good until its time. */
  readonly secrets: readonly { readonly sealed: string; readonly until: Date | null }[];
  readonly stamp: string;
}
