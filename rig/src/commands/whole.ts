/** @throws Error unless the option was given a whole number above 0 */
export function whole(text: string, name: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} takes a whole number above 0, not "${text}"`);
}
