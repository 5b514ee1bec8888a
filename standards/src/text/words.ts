import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';

export const text = (en: string, zh: string): Text => ({ en, zh });

/** Builds a text of both languages from parts of both languages. */
export function write(
  en: (part: (t: Text) => string) => string,
  zh: (part: (t: Text) => string) => string,
): Text {
  return { en: en((t) => t.en), zh: zh((t) => t.zh) };
}

export function join(parts: readonly Text[], en: string, zh: string): Text {
  return text(parts.map((p) => p.en).join(en), parts.map((p) => p.zh).join(zh));
}

const words: Readonly<Record<string, Text>> = {
  open: text('open', '开启'),
  opening: text('opening', '正在开启'),
  closed: text('closed', '关闭'),
  closing: text('closing', '正在关闭'),
  normal: text('normal', '正常'),
  stopped: text('stopped', '停止'),
  inspection: text('inspection', '检修'),
  fire: text('fire service', '消防'),
  unknown: text('unknown', '未知'),
  true: text('yes', '是'),
  false: text('no', '否'),
};

/** Attributes that limits are computed from. */
export const attributes: Readonly<Record<string, Text>> = {
  distance_m: text('distance to the nearest window', '至最近窗户的距离'),
  rated_w: text('rated power', '额定功率'),
  commissioned_s: text('opening time at commissioning', '调试时的起杆时间'),
  full_cm: text('free distance when full', '满桶时剩余空高'),
};

/** A value as a person reads it, with its unit. */
export function value(of: ReadingValue, unit: string): Text {
  if (typeof of === 'number') {
    const rounded = `${Number(of.toFixed(2))}${unit === '' ? '' : ` ${unit}`}`;
    return text(rounded, rounded);
  }
  return words[String(of)] ?? text(String(of), String(of));
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
