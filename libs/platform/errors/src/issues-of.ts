import type { FieldIssue } from './app-error.js';

interface SchemaIssue {
  readonly message: string;
  readonly code?: string | undefined;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The issues of a failed parse (zod or any Standard Schema) as wrong fields with JSON pointers (RFC 6901). */
export function issuesOf(issues: readonly SchemaIssue[], under = ''): FieldIssue[] {
  return issues.map((issue) => ({
    pointer:
      under +
      (issue.path ?? []).map((part) => '/' + escape(String(typeof part === 'object' ? part.key : part))).join(''),
    code: issue.code ?? 'invalid',
    message: issue.message,
  }));
}

function escape(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
