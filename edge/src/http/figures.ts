import type { Language } from './texts.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' };
/** As in the settings of sizes. */
const MEGABYTE = 1_048_576;

/** How numbers and times are written for a reader of a language, on the clocks of the estate. */
export interface Figures {
  count(value: number): string;
  megabytes(bytes: number): string;
  time(at: number): string;
  ago(at: number): string;
  /** A length of time. */
  span(ms: number): string;
}

/** @param now UTC epoch milliseconds */
export function figuresFor(language: Language, zone: string, now: number): Figures {
  const locale = locales[language];
  const number = new Intl.NumberFormat(locale);
  const time = new Intl.DateTimeFormat(locale, {
    ...{ timeZone: zone, dateStyle: 'medium', timeStyle: 'medium' },
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  return {
    count: (value) => number.format(value),
    megabytes: (bytes) =>
      new Intl.NumberFormat(locale, {
        ...{ style: 'unit', unit: 'megabyte', maximumFractionDigits: bytes < MEGABYTE ? 2 : 0 },
      }).format(bytes / MEGABYTE),
    time: (at) => time.format(at),
    span(ms) {
      const [unit, value] = unitOf(ms);
      const maximumFractionDigits = value < 10 ? 1 : 0;
      return new Intl.NumberFormat(locale, {
        ...{ style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits },
      }).format(value);
    },
    ago(at) {
      const seconds = Math.max(0, Math.round((now - at) / 1_000));
      if (seconds < 120) return relative.format(-seconds, 'second');
      if (seconds < 7_200) return relative.format(-Math.round(seconds / 60), 'minute');
      if (seconds < 172_800) return relative.format(-Math.round(seconds / 3_600), 'hour');
      return relative.format(-Math.round(seconds / 86_400), 'day');
    },
  };
}

function unitOf(ms: number): ['millisecond' | 'second' | 'minute' | 'hour' | 'day', number] {
  if (ms < 1_000) return ['millisecond', Math.round(ms)];
  const seconds = ms / 1_000;
  if (seconds < 120) return ['second', seconds];
  if (seconds < 7_200) return ['minute', seconds / 60];
  if (seconds < 172_800) return ['hour', seconds / 3_600];
  return ['day', seconds / 86_400];
}
