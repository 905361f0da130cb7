/** Something a lead did, or news about its company. */
export interface Engagement {
  /** `webinar.attended`; a company's news are `company.<kind>`. */
  readonly kind: string;
  readonly at: Date;
  readonly sourceKey?: string | undefined;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  /** Days after which it is worth half, where whoever told us knows better than the rule. */
  readonly halfLifeDays?: number | undefined;
}
