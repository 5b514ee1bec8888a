/** What a code at a place says: the last part of an address, or the text itself. */
export function codeIn(text: string): string {
  const said = text.trim();
  if (!/^https?:\/\//i.test(said) || !URL.canParse(said)) return said;
  const { pathname } = new URL(said);
  return decodeURIComponent(pathname.split('/').findLast((part) => part !== '') ?? '') || said;
}
