import { thin } from './duration.ts';
import type { Language } from './language.ts';

const formats = new Map<string, Intl.NumberFormat>();

function format(value: number, language: Language, least: number, most: number): string {
  const key = `${language}/${least}/${most}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.NumberFormat(language === 'zh-CN' ? 'zh-CN' : 'en-GB', {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
    });
    formats.set(key, found);
  }
  return found.format(value);
}

/** A measured value with as many digits as it is worth reading: `7.82`, `86.3`, `1,240`. */
export function formatNumber(value: number, language: Language): string {
  const size = Math.abs(value);
  return format(value, language, 0, size >= 1000 ? 0 : size >= 10 ? 1 : 2);
}

/** Value and unit, kept on one line. */
export function formatMeasure(value: number, unit: string, language: Language): string {
  const number = formatNumber(value, language);
  if (unit === '') return number;
  return `${number}${thin}${unit}`;
}

/** A count: `1,240`. */
export function formatCount(value: number, language: Language): string {
  return format(value, language, 0, 0);
}

/** Hundredths of a percent as a figure: `9667` is `96.67%`. */
export function formatHundredths(hundredths: number, language: Language): string {
  return `${format(hundredths / 100, language, 2, 2)}%`;
}
