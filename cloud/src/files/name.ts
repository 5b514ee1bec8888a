import { extensions, type FileType, refuseFile } from './types.ts';

const longest = 120;
/** Also as a browser or proxy may have left it encoded. */
const leadsAway = /[/\\\0]|%(2f|5c|2e%2e|00)|^\.{1,2}$/i;
/** What nobody sees, and what turns the order of letters around. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * What a file is called for people: never a place in any folder. The ending follows from what it is.
 * @param said what its sender calls it
 * @throws CaretakerError `CLOUD_FILE_NAME`
 */
export function labelOf(said: string, type: FileType): string {
  checkName(said);
  const ending = extensions[type];
  const endings = type === 'image/jpeg' ? ['.jpg', '.jpeg'] : [ending];
  const plain = said.normalize('NFC').replace(unseen, '').trim().replace(/^\.+/, '');
  const known = endings.find((each) => plain.toLowerCase().endsWith(each));
  const stem = known === undefined ? plain : plain.slice(0, -known.length);
  return `${[...stem].slice(0, longest).join('').trim() || 'file'}${ending}`;
}

/** @throws CaretakerError `CLOUD_FILE_NAME` */
export function checkName(said: string): void {
  if (!leadsAway.test(said)) return;
  throw refuseFile(
    'CLOUD_FILE_NAME',
    'The name of a file holds no slashes: it is what people read, not where the file lies.',
    'Send the name alone, without folders.',
  );
}
