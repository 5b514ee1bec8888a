import { describe, expect, it } from 'vitest';
import en from '../i18n/locales/en/asset.json';
import zh from '../i18n/locales/zh/asset.json';
import { overKey, overs } from './limit-words.ts';

/** As the rule language has them; a window of any of these may stand at a limit. */
const ofTheLanguage = [
  'value',
  'mean',
  'leq',
  'min',
  'max',
  'sum',
  'range',
  'rise',
  'fall',
  'rate',
  'percentile',
];

describe('the words for how readings are combined', () => {
  it('are there for every way, each its own, in both languages', () => {
    for (const words of [en.overs, zh.overs]) {
      expect(Object.keys(words).sort()).toEqual([...overs, 'other'].sort());
      expect(new Set(Object.values(words)).size).toBe(overs.length + 1);
    }
    for (const over of ofTheLanguage) expect(overKey(over)).toBe(over);
  });

  it('fall back for a way that is not known here', () => {
    expect(overKey('median')).toBe('other');
    expect(overKey('toString')).toBe('other');
  });
});
