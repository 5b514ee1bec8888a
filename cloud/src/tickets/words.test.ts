import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Sought, soughtIn, wordsOf } from './words.ts';

const sorted = (words: Iterable<string>) => [...words].sort();
const asked = (text: string) =>
  soughtIn(text).map(({ word, prefix }) => `${word}${prefix ? '*' : ''}`);

/** As either database decides it. */
function finds(sought: readonly Sought[], words: ReadonlySet<string>): boolean {
  const has = ({ word, prefix }: Sought) =>
    words.has(word) || (prefix && [...words].some((one) => one.startsWith(word)));
  return sought.length > 0 && sought.every(has);
}

describe('texts', () => {
  it('are found by words, and in Chinese by characters and pairs of them', () => {
    expect(sorted(wordsOf('B2车库 slam'))).toEqual(sorted(['b2', '车', '库', '车库', 'slam']));
    expect(sorted(wordsOf('CT-1042'))).toEqual(['1042', 'ct']);
    expect(sorted(wordsOf('北门道闸'))).toEqual(
      sorted(['北', '门', '道', '闸', '北门', '门道', '道闸']),
    );
  });

  it('are the same in full width, in capitals and in compatibility forms', () => {
    expect(sorted(wordsOf('Ｂ２車庫ＡＢ'))).toEqual(sorted(wordsOf('b2車庫ab')));
    expect(sorted(wordsOf('㎡ ﬁre'))).toEqual(['fire', 'm2']);
  });

  it('are asked for by pairs, words by their beginnings, single letters as they are', () => {
    expect(asked('停车场')).toEqual(['停车', '车场']);
    expect(asked('门')).toEqual(['门']);
    expect(asked('b2车 ga')).toEqual(['b2*', '车', 'ga*']);
    expect(asked('B座')).toEqual(['b', '座']);
    for (const nothing of ['', '  ', '“”%_', '😀', '\0', "';--", '"', '*']) {
      expect(asked(nothing)).toEqual([]);
    }
  });
});

const han = fc.stringMatching(/^[一-龥]{1,12}$/);
const latin = fc.stringMatching(/^[a-z0-9]{2,12}$/);
/** Halves of pairs and NUL, too. */
const units = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));
const text = fc.array(fc.oneof(han, latin, units), { maxLength: 8 });

describe('whatever is written', () => {
  it('is reduced to letters and digits, and to the same again', () => {
    fc.assert(
      fc.property(units, (given) => {
        const words = wordsOf(given);
        for (const word of words) {
          expect(word).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
          expect([...word].length).toBeLessThanOrEqual(40);
          expect(sorted(wordsOf(word))).toContain(word);
        }
      }),
    );
  });

  it('is found by any stretch of its Chinese, any beginning of its words, and all of them together', () => {
    fc.assert(
      fc.property(text, han, latin, fc.nat(), fc.nat(), (around, chinese, word, a, b) => {
        const whole = wordsOf([...around, chinese, word, ...around].join(' '));
        const from = a % chinese.length;
        const stretch = chinese.slice(from, from + 1 + (b % (chinese.length - from)));
        const beginning = word.slice(0, 2 + (a % (word.length - 1)));
        expect(finds(soughtIn(stretch), whole)).toBe(true);
        expect(finds(soughtIn(beginning.toUpperCase()), whole)).toBe(true);
        expect(finds(soughtIn(`${beginning} ${stretch}`), whole)).toBe(true);
      }),
    );
  });

  it('is not found by a pair of characters that do not stand together', () => {
    expect(finds(soughtIn('车停'), wordsOf('停车场'))).toBe(false);
    expect(finds(soughtIn('场车'), wordsOf('停车场'))).toBe(false);
  });
});
