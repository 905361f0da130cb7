import { VersionMismatch } from '@relance/errors';

/** The ETag of a version number. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Without `If-Match` the last write wins; `*` asks only that there is something to write over (RFC 9110, 13.1.1). @throws {VersionMismatch} */
export function checkIfMatch(header: string | undefined, version: number | null): void {
  checkIfMatchTag(header, version === null ? [] : [etagOf(version)]);
}

/** The same for what is known by other tags than a version number; any of them matches. @throws {VersionMismatch} */
export function checkIfMatchTag(header: string | undefined, tags: readonly string[]): void {
  if (header === undefined || (header.trim() === '*' && tags.length > 0)) return;
  const expected = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!tags.some((tag) => expected.includes(tag)))
    throw new VersionMismatch({ expected: header, actual: tags.at(-1) ?? 'nothing' });
}
