/** The values of a detail, each with the path to it: `before.limit` → `80`. */
export function rowsOf(detail: unknown, path = ''): readonly (readonly [string, string])[] {
  if (Array.isArray(detail) && detail.every((one) => typeof one !== 'object')) {
    return [[path, detail.length === 0 ? '–' : detail.join(', ')]];
  }
  if (typeof detail === 'object' && detail !== null) {
    return Object.entries(detail).flatMap(([name, value]) =>
      rowsOf(value, path === '' ? name : `${path}.${name}`),
    );
  }
  return path === '' ? [] : [[path, detail === null || detail === '' ? '–' : String(detail)]];
}
