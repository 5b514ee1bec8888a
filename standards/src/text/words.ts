import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';

export const text = (en: string, zh: string): Text => ({ en, zh });

export const nothing: Text = text('', '');

/** Puts parts together: in English with `between`, in Chinese by the rule of `glue`. */
export function together(parts: readonly Text[], between = ''): Text {
  const given = parts.filter((part) => part.en !== '' || part.zh !== '');
  return text(given.map((part) => part.en).join(between), glue(...given.map((part) => part.zh)));
}

/** The same with a word or mark of each language between the parts. */
export function join(parts: readonly Text[], en: string, zh: string): Text {
  const [first = nothing, ...others] = parts;
  return others.reduce(
    (all, part) => text(all.en + en + part.en, glue(all.zh, zh, part.zh)),
    first,
  );
}

const han = /\p{Script=Han}/u;
const latin = /[\p{Script=Latin}\d%°()±−³]/u;

/** Chinese parts in a row: a space where Han meets Latin letters or figures, and nowhere else. */
export function glue(...parts: readonly string[]): string {
  return parts.reduce((all, part) => {
    const [before, after] = [all.at(-1) ?? '', part.at(0) ?? ''];
    const meet = (han.test(before) && latin.test(after)) || (latin.test(before) && han.test(after));
    return `${all}${meet ? ' ' : ''}${part}`;
  }, '');
}

/** As the first word of a sentence; `pH` and the like stay. */
export function capital({ en, zh }: Text): Text {
  return text(/^[a-z]([a-z]|\b)/.test(en) ? en.charAt(0).toUpperCase() + en.slice(1) : en, zh);
}

/** Inside a sentence; `LAeq` and `pH` stay. */
export function small({ en, zh }: Text): Text {
  return text(/^[A-Z][a-z]/.test(en) ? en.charAt(0).toLowerCase() + en.slice(1) : en, zh);
}

/** Attributes that limits are computed from. */
export const attributes: Readonly<Record<string, Text>> = {
  distance_m: text('distance to the nearest window', '至最近窗户的距离'),
  rated_w: text('rated power', '额定功率'),
  commissioned_s: text('opening time at commissioning', '调试时的起杆时间'),
  full_cm: text('free distance when full', '满桶时剩余空高'),
  commissioned_kv: text('fence voltage at commissioning', '调试时的围栏电压'),
  empty_cm: text('clear width when empty', '空置时通道净距'),
  minimum_cm: text('lowest allowed level', '最低水位'),
  dry_pct: text('moisture of dry soil', '干土含水率'),
  battery_low_v: text('voltage of a spent battery', '电池耗尽电压'),
};

/** A value as a person reads it, with its unit. */
export function value(of: ReadingValue, unit: string): Text {
  const shown = typeof of === 'number' ? `${figure(of)}${pad(unit)}` : String(of);
  return text(shown, shown);
}

const minus = (shown: string): string => shown.replace('-', '−');

/** At most two decimals. */
function figure(number: number): string {
  return minus(String(Number(number.toFixed(2))));
}

/** Degrees of an angle stand at their number, all other units apart from it. */
const pad = (unit: string): string => (unit === '' || unit === '°' ? unit : ` ${unit}`);

/** `7.0–7.8`, `±10 mm`: both ends with the same number of decimals. */
export function band([low, high]: readonly [number, number], unit: string): Text {
  if (low === -high) return text(`±${figure(high)}${pad(unit)}`, `±${figure(high)}${pad(unit)}`);
  const decimals = Math.max(...[low, high].map((n) => (figure(n).split('.')[1] ?? '').length));
  const [from, to] = [low, high].map((n) => minus(n.toFixed(decimals)));
  const dashed = `${from}–${to}${pad(unit)}`;
  return low < 0
    ? text(`${from} to ${to}${pad(unit)}`, `${from} 至 ${to}${pad(unit)}`)
    : text(dashed, dashed);
}

const spans: readonly (readonly [number, string, string])[] = [
  [86_400_000, 'd', '天'],
  [3_600_000, 'h', '小时'],
  [60_000, 'min', '分钟'],
  [1_000, 's', '秒'],
];

/** The largest unit in which it is a whole number, but 24 h rather than 1 d. */
export function duration(milliseconds: number): Text {
  for (const [size, en, zh] of spans) {
    if (milliseconds % size === 0 && (en !== 'd' || milliseconds > size)) {
      const n = milliseconds / size;
      return text(`${n} ${en}`, `${n} ${zh}`);
    }
  }
  return text(`${milliseconds} ms`, `${milliseconds} 毫秒`);
}
