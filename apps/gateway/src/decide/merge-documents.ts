import type { Service } from '@relance/events';

/** As much of an OpenAPI document as putting several together needs. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, object>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> | undefined } | undefined;
  readonly [field: string]: unknown;
}

const schemaRef = '#/components/schemas/';

/**
 * One document of all services' documents. What the platform serves in each of them stands in it once. Where two
 * services mean different things by one schema name, the later one's gets its service in front.
 */
export function mergeDocuments(
  told: readonly { readonly service: Service; readonly document: ApiDocument }[],
): ApiDocument | null {
  let merged: ApiDocument | null = null;
  for (const { service, document } of told) {
    merged = merged === null ? document : join(merged, withoutClashes(document, service, merged));
  }
  return merged;
}

function join(one: ApiDocument, other: ApiDocument): ApiDocument {
  const paths: Record<string, object> = { ...one.paths };
  for (const [path, operations] of Object.entries(other.paths)) paths[path] = { ...operations, ...paths[path] };
  return {
    ...one,
    paths,
    components: {
      ...other.components,
      ...one.components,
      schemas: { ...other.components?.schemas, ...one.components?.schemas },
    },
  };
}

function withoutClashes(document: ApiDocument, service: Service, merged: ApiDocument): ApiDocument {
  const taken = merged.components?.schemas ?? {};
  let text = JSON.stringify(document);
  const schemas = document.components?.schemas ?? {};
  const clashing = Object.keys(schemas).filter(
    (name) => name in taken && JSON.stringify(taken[name]) !== JSON.stringify(schemas[name]),
  );
  if (clashing.length === 0) return document;
  for (const name of clashing) text = text.replaceAll(`"${schemaRef}${name}"`, `"${schemaRef}${service}.${name}"`);
  const renamed = JSON.parse(text) as ApiDocument;
  return {
    ...renamed,
    components: {
      ...renamed.components,
      schemas: Object.fromEntries(
        Object.entries(renamed.components?.schemas ?? {}).map(([name, schema]) => [
          clashing.includes(name) ? `${service}.${name}` : name,
          schema,
        ]),
      ),
    },
  };
}
