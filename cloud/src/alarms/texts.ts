import type { Text } from '@caretaker/readings/base';
import type { AlarmAction } from '@caretaker/readings/uplink';
import type { Severity } from '../contract/index.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

export function raisedBy(gateway: string): Text {
  return {
    en: `Gateway ${gateway} reported it by its own rules, while the cloud did not answer.`,
    zh: `网关 ${gateway} 在云端未应答期间按就地规则先行上报。`,
  };
}

const kinds: Readonly<Record<AlarmAction['kind'], Text>> = {
  mqtt: { en: 'MQTT message to', zh: 'MQTT 消息' },
  webhook: { en: 'Webhook to', zh: '网络回调' },
  relay: { en: 'Relay command', zh: '继电器指令' },
};

/** One thing that a gateway did. Sent is what it knows: whether a siren sounds, it does not see. */
export function actedBy({ kind, target, undo, ok, error }: AlarmAction): Text {
  const { en, zh } = kinds[kind];
  const why = error ?? '';
  return {
    en: `${undo ? 'Taken back: ' : ''}${en} ${target}${ok ? ': sent' : ` failed: ${why}`}.`,
    zh: `${undo ? '解除：' : ''}${zh} ${target}${ok ? '：已发出' : ` 失败：${why}`}。`,
  };
}

/** Why the cloud takes back what a gateway reported: its readings show nothing of it. */
export function refuted(versions: Versions): Text {
  return withVersions(
    {
      en: 'All readings of the gateway up to its report are judged now, and show no such breach.',
      zh: '网关上报之前的全部读数均已判定，未发现该超限。',
    },
    versions,
  );
}

/** Why the cloud puts another episode in the place of the one that a gateway reported. */
export function moved(reported: number, onset: number, versions: Versions): Text {
  const [en, zh] = lengthOf(Math.abs(onset - reported));
  const earlier = onset < reported;
  return withVersions(
    {
      en: `The readings show the same breach with another onset, ${en} ${earlier ? 'earlier' : 'later'}.`,
      zh: `读数显示同一超限，但起始时间${earlier ? '早' : '晚'} ${zh}。`,
    },
    versions,
  );
}

/** How the readings show a breach to be less or more severe than a gateway said; null when they do not. */
export function otherSeverity(said: Severity, found: Severity, versions: Versions): Text | null {
  if (said === found) return null;
  return withVersions(
    {
      en: `The gateway had called it ${said}; by its readings it is ${found}.`,
      zh: `网关判为“${severities[said]}”，按读数判为“${severities[found]}”。`,
    },
    versions,
  );
}

/** By which standard a gateway judged, and by which the cloud does. */
export interface Versions {
  readonly gateway: string;
  readonly cloud: string;
}

function withVersions({ en, zh }: Text, { gateway, cloud }: Versions): Text {
  if (gateway === cloud) return { en, zh };
  return {
    en: `${en} The gateway judged by version ${gateway} of the standard, the cloud by ${cloud}.`,
    zh: `${zh}网关按标准版本 ${gateway} 判定，云端按 ${cloud} 判定。`,
  };
}

const severities: Readonly<Record<Severity, string>> = {
  emergency: '紧急',
  high: '高',
  medium: '中',
  low: '低',
  advice: '提示',
};

function lengthOf(ms: number): [en: string, zh: string] {
  if (ms < 2 * minute) return [`${Math.ceil(ms / second)} s`, `${Math.ceil(ms / second)} 秒`];
  if (ms < 2 * hour) return [`${Math.round(ms / minute)} min`, `${Math.round(ms / minute)} 分钟`];
  return [`${Math.round(ms / hour)} h`, `${Math.round(ms / hour)} 小时`];
}
