import type { Language } from './language.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Narrow no-break space: keeps a number and its unit on one line. */
export const thin = '\u202f';

const units = {
  en: { day: 'd', hour: 'h', minute: 'min', second: 's' },
  'zh-CN': { day: '天', hour: '小时', minute: '分', second: '秒' },
} as const;

function join(parts: readonly (readonly [number, string])[]): string {
  return parts.map(([value, unit]) => `${value}${thin}${unit}`).join(' ');
}

/**
 * A length of time in its two largest units: `45 s`, `6 min`, `2 h 10 min`, `3 d 4 h`.
 * @param ms milliseconds; a negative one counts as 0.
 */
export function formatDuration(ms: number, language: Language): string {
  const unit = units[language];
  const length = Math.max(0, ms);
  if (length < minute) return join([[Math.floor(length / second), unit.second]]);
  if (length < hour) return join([[Math.floor(length / minute), unit.minute]]);
  const [big, small] = length < day ? [hour, minute] : [day, hour];
  const first = Math.floor(length / big);
  const rest = Math.floor((length % big) / small);
  const names = length < day ? [unit.hour, unit.minute] : [unit.day, unit.hour];
  const parts: [number, string][] = [[first, names[0] ?? '']];
  if (rest > 0) parts.push([rest, names[1] ?? '']);
  return join(parts);
}

/** To the second, for sums that must add up: `1 h 02 min 05 s`. */
export function formatExactDuration(ms: number, language: Language): string {
  const unit = units[language];
  const total = Math.round(Math.max(0, ms) / second);
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), unit.day],
    [Math.floor((total % 86_400) / 3600), unit.hour],
    [Math.floor((total % 3600) / 60), unit.minute],
    [total % 60, unit.second],
  ];
  const shown = parts.filter(([value]) => value > 0);
  return shown.length === 0 ? join([[0, unit.second]]) : join(shown);
}

/** How long ago, `2 s ago`; less than a second counts as now. */
export function formatAge(ms: number, language: Language): string {
  const zh = language === 'zh-CN';
  if (ms < second) return zh ? '刚刚' : 'now';
  const length = formatDuration(ms, language);
  return zh ? `${length}前` : `${length} ago`;
}

/** A running clock: `02:10`, from one hour on `6 h 12 min`. */
export function formatClock(ms: number, language: Language): string {
  const length = Math.max(0, ms);
  if (length >= hour) return formatDuration(length, language);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(length / minute))}:${pad(Math.floor((length % minute) / second))}`;
}
