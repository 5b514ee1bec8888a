import type { Language } from '../format/language.ts';

/** Prices of the service desk; the standard that we keep knows no other. */
export const currency = 'CNY';

/** `12.5` or `12,50` as 1250; undefined for what is no sum. */
export function minorUnits(text: string): number | undefined {
  const clean = text.trim().replace(',', '.');
  if (!/^\d{1,7}(\.\d{1,2})?$/.test(clean)) return undefined;
  return Math.round(Number(clean) * 100);
}

/** `CN¥12.50`. */
export function formatMoney(minor: number, language: Language, unit = currency): string {
  return new Intl.NumberFormat(language, { style: 'currency', currency: unit }).format(minor / 100);
}
