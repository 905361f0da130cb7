import { pathSegments } from './facts.js';

export type ScalarType = 'text' | 'number' | 'boolean' | 'instant';

export interface FieldDefinition {
  readonly type: ScalarType | 'list';
  /** What a list holds; text when not said. */
  readonly items?: ScalarType;
  /** The only values the field can have; comparing it with another one is a mistake, told on validation. */
  readonly options?: readonly string[];
}

/**
 * The fields conditions may use, by path.
 *
 * A key that ends in `.*` stands for any one name there: `attribution.utm.*`.
 */
export type FieldCatalogue = Readonly<Record<string, FieldDefinition>>;

export function fieldDefinition(catalogue: FieldCatalogue, field: string): FieldDefinition | undefined {
  if (pathSegments(field) === null) return undefined;
  if (Object.hasOwn(catalogue, field)) return catalogue[field];
  const open = `${field.slice(0, field.lastIndexOf('.') + 1)}*`;
  return open !== '*' && Object.hasOwn(catalogue, open) ? catalogue[open] : undefined;
}

/** The type each observed value is read as: of a list, that of its items. */
export function scalarTypeOf(definition: FieldDefinition): ScalarType {
  return definition.type === 'list' ? (definition.items ?? 'text') : definition.type;
}
