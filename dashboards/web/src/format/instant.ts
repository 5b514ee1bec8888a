import type { Language } from './language.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(at: number, zone: string): Record<string, string> {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `14:05`, in the zone of the estate. */
export function formatTime(at: number, zone: string): string {
  const p = partsOf(at, zone);
  return `${p.hour}:${p.minute}`;
}

/** `14:05:22`, in the zone of the estate. */
export function formatSeconds(at: number, zone: string): string {
  return `${formatTime(at, zone)}:${partsOf(at, zone).second}`;
}

/** `21 Nov` or `11月21日`. */
export function formatDay(at: number, zone: string, language: Language): string {
  const p = partsOf(at, zone);
  if (language === 'zh-CN') return `${p.month}月${p.day}日`;
  return `${p.day} ${months[Number(p.month) - 1]}`;
}

/** `21 Nov 14:05` or `11月21日 14:05`; with the year when it is not that of `now`. */
export function formatInstant(at: number, zone: string, language: Language, now: number): string {
  const year = partsOf(at, zone).year;
  const day = formatDay(at, zone, language);
  const time = formatTime(at, zone);
  if (year === partsOf(now, zone).year) return `${day} ${time}`;
  return language === 'zh-CN' ? `${year}年${day} ${time}` : `${day} ${year} ${time}`;
}

/** With seconds, for readings and logs: `21 Nov 14:05:22`. */
export function formatExact(at: number, zone: string, language: Language): string {
  return `${formatDay(at, zone, language)} ${formatSeconds(at, zone)}`;
}
