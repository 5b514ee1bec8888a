/** Text that is HTML already. */
export interface Markup {
  readonly html: string;
}

type Piece = Markup | string | number | null | readonly Piece[];

/** HTML from a template: every value that is not markup itself is escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += `${written(value)}${parts[index + 1]}`;
  return { html: text };
}

function written(value: Piece): string {
  if (value === null) return '';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  if ('html' in value) return value.html;
  return value.map(written).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  // What has no place in text would only hide what is really there.
  return text
    .replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? '')
    .replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (sign) => (sign === '\n' ? sign : '\ufffd'));
}
