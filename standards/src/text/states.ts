import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import { join, nothing, text, together } from './words.ts';

/** How the values of a state or flag are said: a subject, and what it is. */
interface Phrases {
  readonly subject: Text;
  readonly values: Readonly<Record<string, Text>>;
}

const fault: Phrases = {
  subject: nothing,
  values: {
    true: text('controller fault', '控制器故障'),
    false: text('no controller fault', '控制器无故障'),
  },
};
const open = text('open', '开启');
const closed = text('closed', '关闭');

const phrases: Readonly<Record<string, Phrases>> = {
  'access-gate/door': { subject: text('door', '门'), values: { open, closed } },
  'access-gate/fault': fault,
  'lighting/commanded': {
    subject: text('lamp', ''),
    values: {
      true: text('commanded on', '已下达开灯指令'),
      false: text('commanded off', '未下达开灯指令'),
    },
  },
  'barrier/position': {
    subject: text('arm', '闸杆'),
    values: {
      open: text('open', '升起'),
      opening: text('opening', '正在升起'),
      closed: text('closed', '落下'),
      closing: text('closing', '正在落下'),
    },
  },
  'barrier/loop': {
    subject: nothing,
    values: {
      true: text('vehicle on the loop', '地感有车'),
      false: text('no vehicle on the loop', '地感无车'),
    },
  },
  'barrier/fault': fault,
  'bin/tilt': {
    subject: text('bin', '桶体'),
    values: { true: text('tipped over', '倾倒'), false: text('upright', '直立') },
  },
  'lift/mode': {
    subject: text('lift', '电梯'),
    values: {
      normal: text('in normal service', '正常运行'),
      stopped: text('stopped', '停止运行'),
      inspection: text('under inspection', '检修中'),
      fire: text('in fire service', '处于消防模式'),
      unknown: text('in an unknown mode', '模式未知'),
    },
  },
  'lift/door': { subject: text('car door', '轿门'), values: { open, closed } },
  'lift/trapped': {
    subject: nothing,
    values: {
      true: text('person trapped', '轿厢困人'),
      false: text('nobody trapped', '轿厢无困人'),
    },
  },
  'lift/fault': fault,
};

/**
 * States in words, with a small letter first: `arm closed or closing`.
 * @param label of the metric, for values that have no words of their own.
 */
export function stateText(
  kind: string,
  metric: string,
  label: Text,
  values: readonly ReadingValue[],
): Text {
  const known = phrases[`${kind}/${metric}`];
  const words = values.flatMap((value) => known?.values[String(value)] ?? []);
  if (known === undefined || words.length < values.length) {
    const given = values.map((value) => text(String(value), String(value)));
    return join([label, join(given, ' or ', '或')], ': ', '：');
  }
  return together([known.subject, join(words, ' or ', '或')], ' ');
}
