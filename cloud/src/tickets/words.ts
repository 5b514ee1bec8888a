/** Longer ones are cut, in what is kept and in what is looked for alike. */
const longest = 40;
/** A search looks at so many of its words. */
const mostAsked = 24;
const isLetter = /^[\p{L}\p{N}\p{M}]/u;
/** Written without spaces between words. */
const isDense = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々〇ー]/u;

/** One thing to find: a whole word, or what words begin with. */
export interface Sought {
  readonly word: string;
  readonly prefix: boolean;
}

type Kind = 'word' | 'dense' | null;

/** Letters of nearly every text are told by their code: expressions take ten times as long. */
function kindOf(letter: string): Kind {
  const code = letter.charCodeAt(0);
  if (code < 128) {
    return (code > 96 && code < 123) || (code > 47 && code < 58) ? 'word' : null;
  }
  if (code >= 0x4e00 && code <= 0x9fff) return 'dense';
  return !isLetter.test(letter) ? null : isDense.test(letter) ? 'dense' : 'word';
}

const ascii = /^[\x20-\x7e]*$/;

/** Full width becomes half, capitals become small. */
function plain(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  return text.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** Stretches of one kind: those without spaces between words, and words. */
function* stretches(text: string): Generator<{ letters: string[]; dense: boolean }> {
  let letters: string[] = [];
  let kind: Kind = null;
  for (const letter of plain(text)) {
    const next = kindOf(letter);
    if (next !== kind) {
      if (kind !== null) yield { letters, dense: kind === 'dense' };
      letters = [];
      kind = next;
    }
    if (next !== null) letters.push(letter);
  }
  if (kind !== null) yield { letters, dense: kind === 'dense' };
}

const cut = (letters: readonly string[]) => letters.slice(0, longest).join('');
const pairs = (letters: readonly string[]) =>
  letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);

/**
 * What a text can be found by: Latin and the like by word; Chinese by every character and every two that stand
 * together, as nothing says where its words begin. Letters and digits alone.
 */
export function wordsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { letters, dense } of stretches(text)) {
    if (!dense) found.add(cut(letters));
    else for (const word of [...letters, ...pairs(letters)]) found.add(word);
  }
  return found;
}

/** What must all be there for a text to be found; empty when nothing can be looked for. */
export function soughtIn(text: string): readonly Sought[] {
  const found = new Map<string, Sought>();
  for (const { letters, dense } of stretches(text)) {
    const words = !dense ? [cut(letters)] : letters.length === 1 ? letters : pairs(letters);
    // What single letters begin is half of everything.
    const prefix = !dense && letters.length > 1;
    for (const word of words) found.set(word, { word, prefix });
    if (found.size >= mostAsked) break;
  }
  return [...found.values()].slice(0, mostAsked);
}
