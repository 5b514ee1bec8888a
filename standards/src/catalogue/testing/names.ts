import { createHash } from 'node:crypto';

/**
 * Names of the companies whose manuals the catalogue was drawn from, as the first 16 digits of SHA-256 of the
 * name in small letters: they may stand nowhere in the repository, so not here either. The last two are
 * `nonesuch` and `无名氏`, by which the check itself is checked.
 */
const denied = new Set([
  '215d6381a3ffee9b',
  '8be7d6f5cb78722e',
  'dd1e57b1c9089c5c',
  '28daeac35b7ce515',
  '4262f05818cff303',
  '432e8704c5d054ea',
  '2e68a8e49fe8b9e6',
  '42df2b647bee06ff',
  '05622dff3496dc1d',
  '695c9bd8e169b926',
  '66a1746cc0117649',
  '726f2b6dc95c3a8f',
  '6494f04d9b9717ac',
  '6746e1f36beab4af',
  '1c31242e2688a638',
  '8e284604842a79ac',
  '7bbcf77681ea5890',
]);

/** What any company's name would carry. */
const legalForm = /有限公司|集团|地产|置业|\b(?:Ltd|Inc|GmbH|Holdings)\b|\bCo\./u;

/** The names of companies in a text: those known by their hash, and legal forms. */
export function companyNamesIn(text: string): string[] {
  const found = knownCompaniesIn(text);
  const form = legalForm.exec(text)?.[0];
  return form === undefined ? found : [...found, form];
}

/** The names of the companies that the catalogue was drawn from, as they stand in a text. */
export function knownCompaniesIn(text: string): string[] {
  return [...candidates(text)].filter(isDenied);
}

const judged = new Map<string, boolean>();

function isDenied(word: string): boolean {
  let known = judged.get(word);
  if (known === undefined) {
    known = denied.has(digest(word));
    judged.set(word, known);
  }
  return known;
}

/** Words of Latin letters, and every two to four Chinese characters in a row. */
function candidates(text: string): Set<string> {
  const words = new Set<string>(text.toLowerCase().match(/[a-z]{3,}/g) ?? []);
  for (const [run] of text.matchAll(/\p{Script=Han}{2,}/gu)) {
    for (let length = 2; length <= 4; length += 1) {
      for (let k = 0; k + length <= run.length; k += 1) words.add(run.slice(k, k + length));
    }
  }
  return words;
}

function digest(word: string): string {
  return createHash('sha256').update(word).digest('hex').slice(0, 16);
}
