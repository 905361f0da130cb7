/**
 * Where a value holds text that no database keeps: a NUL character, or half of a surrogate pair.
 *
 * @returns the JSON pointer of the first such text or name, null when there is none.
 */
export function unstorableTextIn(value: unknown): string | null {
  const open: { readonly value: unknown; readonly pointer: string }[] = [{ value, pointer: '' }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (typeof place.value === 'string' && !isStorable(place.value)) return place.pointer;
    if (typeof place.value !== 'object' || place.value === null) continue;
    for (const [name, inside] of Object.entries(place.value)) {
      if (!isStorable(name)) return place.pointer;
      open.push({ value: inside, pointer: `${place.pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` });
    }
  }
  return null;
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
