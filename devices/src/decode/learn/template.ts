/** Where a template takes its value from: a JSON path, or '' for the payload itself. */
export type Reached = { readonly path: string } | { readonly why: string };

const longest = 512;
/** A mapping takes no more. */
const mostSteps = 8;
/** `.name`, `['name']`, `["name"]` or `[0]`. */
const step = /\.([A-Za-z_]\w*)|\[\s*(?:'([^'\\]*)'|"([^"\\]*)"|(\d{1,4}))\s*\]/y;
/** Filters that leave a value what it is. */
const harmless = /\s*\|\s*(?:is_defined|float)\s*$/;

/**
 * Reads the templates that only name a place: `{{ value }}` and `{{ value_json.a['b'] }}`. A template is a
 * program; none is ever run, and for all others the answer says why.
 */
export function reachedBy(template: string): Reached {
  const written = template.trim();
  if (written.length > longest) return { why: 'its template is too long' };
  if (!written.startsWith('{{') || !written.endsWith('}}')) return program;
  const place = written.slice(2, -2).replace(/^-|-$/g, '').trim().replace(harmless, '');
  if (place === 'value') return { path: '' };
  if (!place.startsWith('value_json')) return program;
  const steps = stepsOf(place.slice('value_json'.length));
  return steps === undefined ? program : joined(steps);
}

function stepsOf(text: string): string[] | undefined {
  const steps: string[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const match = step.exec(text);
    if (match === null) return undefined;
    const [, attribute, single, double, index] = match;
    steps.push(attribute ?? single ?? double ?? index ?? '');
  }
  return steps;
}

function joined(steps: readonly string[]): Reached {
  if (steps.length === 0) return { why: 'its template names the whole message, not one value' };
  if (steps.length > mostSteps) return { why: `its value lies deeper than ${mostSteps} levels` };
  const dotted = steps.some((name) => name === '' || (name.includes('.') && steps.length > 1));
  if (dotted) return { why: 'a key of its path is empty or has a dot in it' };
  return { path: steps.join('.') };
}

const program: Reached = {
  why: 'its template is a program, and templates are not run: only value and value_json.a.b are read',
};
