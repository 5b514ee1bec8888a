/**
 * A definition as people are shown it: of the address of a webhook where it lies alone, since path and query may hold
 * what lets one in there.
 * @param definition JSON
 */
export function shownDefinition(definition: string): Record<string, unknown> {
  return JSON.parse(definition, (key: string, value: unknown) =>
    key === 'webhook' && hasUrl(value) ? { ...value, url: originOf(value.url) } : value,
  );
}

function hasUrl(value: unknown): value is { readonly url: string } {
  return (
    typeof value === 'object' && value !== null && 'url' in value && typeof value.url === 'string'
  );
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? '';
}
