import { VersionMismatch } from '@relance/errors';

/** The ETag of a version number. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Without `If-Match` the last write wins; `*` asks only that there is something to write over (RFC 9110, 13.1.1). @throws {VersionMismatch} */
export function checkIfMatch(header: string | undefined, version: number | null): void {
  if (header === undefined || (header.trim() === '*' && version !== null)) return;
  const actual = version === null ? 'nothing' : etagOf(version);
  const expected = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!expected.includes(actual)) throw new VersionMismatch({ expected: header, actual });
}
