const longestStem = 48;

/**
 * An id that nobody has: from what people call the device, or else from its kind and the end of its number.
 * @param taken ids of the estate
 */
export function freeId(said: string, kind: string, taken: ReadonlySet<string>): string {
  const stem = stemOf(said, kind);
  if (!taken.has(stem)) return stem;
  for (let n = 2; ; n += 1) {
    if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`;
  }
}

function stemOf(said: string, kind: string): string {
  const plain = said
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, longestStem)
    .replace(/-+$/, '');
  const tail = /[0-9a-f]{4}$/.exec(plain)?.[0];
  const isNumber = /^(0x)?[0-9a-f]{8,}$/.test(plain);
  if (isNumber) return tail === undefined ? kind : `${kind}-${tail}`;
  if (plain.length < 2) return plain === '' ? kind : `${kind}-${plain}`;
  return plain;
}
