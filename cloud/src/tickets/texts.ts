import type { Text } from '@caretaker/readings/base';

const formats = new Map<string, Intl.DateTimeFormat>();

/** `03:12` in the zone of the estate. */
function clockTime(at: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(zone, format);
  }
  return format.format(at);
}

/** Why it is not mended: a breach began after somebody said that it is. @param why JSON of the breach's sentence */
export function breachedAgain(why: string, at: number, zone: string): Text {
  const { en, zh }: Text = JSON.parse(why);
  const time = clockTime(at, zone);
  return { en: `Again at ${time}: ${en}`, zh: `${time} 再次超限：${zh}` };
}

/** The same: what stood then has not gone in the time it had. */
export function stillStands(why: string, at: number, zone: string): Text {
  const { en, zh }: Text = JSON.parse(why);
  const time = clockTime(at, zone);
  return { en: `Still so at ${time}: ${en}`, zh: `${time} 仍未恢复：${zh}` };
}

/** The same: as many events as make a breach were bad after the claim. */
export function badEvents(count: number, why: string, at: number, zone: string): Text {
  const { en, zh }: Text = JSON.parse(why);
  const time = clockTime(at, zone);
  return {
    en: `${count} times again since it was said to be mended, last at ${time}: ${en}`,
    zh: `报修复后又出现 ${count} 次，最近一次 ${time}：${zh}`,
  };
}

/** Why a ticket that a person had ended is open again. */
export function cameBack(why: string, at: number, zone: string): Text {
  const { en, zh }: Text = JSON.parse(why);
  const time = clockTime(at, zone);
  return { en: `The same fault is back at ${time}: ${en}`, zh: `同一故障 ${time} 再次出现：${zh}` };
}

/** @param since when its condition became clear @param needed how long that proves it, milliseconds */
export function provenClear(since: number, needed: number, zone: string): Text {
  const time = clockTime(since, zone);
  const minutes = Math.round(needed / 60_000);
  return {
    en: `Clear since ${time}; ${minutes} min of that prove it.`,
    zh: `${time} 起已恢复，持续满 ${minutes} 分钟即为证实。`,
  };
}
