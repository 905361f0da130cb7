/** The environment this process was started with. Nothing else reads it. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env };
}
