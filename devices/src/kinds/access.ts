import type { Kind } from './kind.ts';
import {
  dailyHeartbeat,
  every,
  flag,
  historyAfter,
  hour,
  metrics,
  minute,
  number,
  onEvent,
  soundLevel,
  state,
} from './metric.ts';

const accessGate: Kind = {
  id: 'access-gate',
  label: { en: 'access gate', zh: '门禁' },
  historyAfter,
  metrics: metrics({
    door: state({ en: 'Door', zh: '门状态' }, ['open', 'closed'], dailyHeartbeat),
    // Said once, when the door has closed again.
    open_s: number({ en: 'Stood open for', zh: '开启时长' }, 's', [0, 7 * 86_400], onEvent),
    slam_db: soundLevel({ en: 'Slam level', zh: '关门声级' }, onEvent),
    // From the last quarter of the way to the latch.
    close_s: number({ en: 'Closing time', zh: '关门时间' }, 's', [0, 600], onEvent),
    force_n: number({ en: 'Opening force', zh: '开门力' }, 'N', [0, 2_000], onEvent),
    current_a: number({ en: 'Motor current', zh: '电机电流' }, 'A', [0, 100], onEvent),
    fault: flag({ en: 'Controller fault', zh: '控制器故障' }, dailyHeartbeat),
    // Opened without a grant; the controller knows, because it gives the grants.
    forced: flag({ en: 'Forced open', zh: '强行开启' }, onEvent),
    // From a grant until the door has closed again.
    granted: flag({ en: 'Access granted', zh: '已授权通行' }, onEvent),
  }),
};

const barrier: Kind = {
  id: 'barrier',
  label: { en: 'barrier arm', zh: '道闸' },
  historyAfter,
  metrics: metrics({
    position: state(
      { en: 'Arm position', zh: '闸杆位置' },
      ['open', 'opening', 'closed', 'closing'],
      every(5 * minute),
    ),
    travel_s: number({ en: 'Opening time', zh: '起杆时间' }, 's', [0, 120], onEvent),
    loop: flag({ en: 'Loop occupied', zh: '地感占用' }, every(5 * minute)),
    commanded: flag({ en: 'Commanded open', zh: '开闸指令' }, every(5 * minute)),
    // Cycles since service, of those between two services.
    service_pct: number(
      { en: 'Service interval used', zh: '保养周期已用' },
      '%',
      [0, 1_000],
      every(24 * hour),
    ),
    // Of the cycle that has just ended.
    reversals: number({ en: 'Reversals', zh: '遇阻反弹次数' }, '', [0, 100], onEvent),
    current_a: number({ en: 'Motor current', zh: '电机电流' }, 'A', [0, 100], onEvent),
    fault: flag({ en: 'Controller fault', zh: '控制器故障' }, every(5 * minute)),
  }),
};

/** One zone of an electric fence, or one pair of infrared beams: each has some of these metrics. */
const perimeterZone: Kind = {
  id: 'perimeter-zone',
  label: { en: 'perimeter zone', zh: '周界防区' },
  historyAfter,
  metrics: metrics({
    // Peak of the pulses, about one a second.
    fence_kv: number({ en: 'Fence voltage', zh: '围栏电压' }, 'kV', [0, 20], every(minute)),
    blocked: flag({ en: 'Beam blocked', zh: '光束遮挡' }, every(10 * minute)),
    // Said once at each alarm and once at its end.
    alarm: flag({ en: 'Intrusion alarm', zh: '入侵报警' }, onEvent),
    // Said once a test, passed or not. That none is said is judged by a rule, so the point itself is never silent.
    test_ok: flag({ en: 'Zone test passed', zh: '防区测试通过' }, onEvent),
    mains: flag({ en: 'Mains present', zh: '市电正常' }, every(10 * minute)),
    battery_v: number({ en: 'Battery voltage', zh: '蓄电池电压' }, 'V', [0, 60], every(hour)),
    fault: flag({ en: 'Controller fault', zh: '控制器故障' }, every(10 * minute)),
  }),
};

const camera: Kind = {
  id: 'camera',
  label: { en: 'camera', zh: '摄像机' },
  historyAfter,
  metrics: metrics({
    recording: flag({ en: 'Recording', zh: '录像状态' }, every(10 * minute)),
    fault: flag({ en: 'Camera fault', zh: '摄像机故障' }, every(10 * minute)),
  }),
};

/** A fire door or emergency exit. */
const fireDoor: Kind = {
  id: 'fire-door',
  label: { en: 'fire door', zh: '防火门' },
  historyAfter,
  metrics: metrics({
    door: state({ en: 'Door', zh: '门状态' }, ['open', 'closed'], dailyHeartbeat),
    // The magnet that keeps it open until a fire alarm releases it.
    hold_open: flag({ en: 'Held by its magnet', zh: '电磁释放器吸合' }, dailyHeartbeat),
    fire_alarm: flag({ en: 'Fire alarm', zh: '火灾报警' }, dailyHeartbeat),
  }),
};

/** Where the fire alarm of a building arrives. */
const firePanel: Kind = {
  id: 'fire-panel',
  label: { en: 'fire alarm panel', zh: '火灾报警主机' },
  historyAfter,
  metrics: metrics({
    fire_alarm: flag({ en: 'Fire alarm', zh: '火灾报警' }, dailyHeartbeat),
    fault: flag({ en: 'Panel fault', zh: '主机故障' }, dailyHeartbeat),
  }),
};

/** An escape route indoors, watched across its marked width. */
const passage: Kind = {
  id: 'passage',
  label: { en: 'escape passage', zh: '疏散通道' },
  historyAfter,
  metrics: metrics({
    obstructed: flag({ en: 'Passage obstructed', zh: '通道堵塞' }, every(hour)),
    // Zero means no echo: that is no distance.
    clear_cm: number({ en: 'Clear width', zh: '通道净距' }, 'cm', [1, 2_000], every(10 * minute)),
  }),
};

const fireLane: Kind = {
  id: 'fire-lane',
  label: { en: 'fire lane', zh: '消防车道' },
  historyAfter,
  metrics: metrics({
    occupied: flag({ en: 'Fire lane occupied', zh: '消防车道占用' }, every(hour)),
  }),
};

/** What people, cars and the fire brigade pass, and what keeps others out. */
export const access: readonly Kind[] = [
  accessGate,
  barrier,
  perimeterZone,
  camera,
  fireDoor,
  firePanel,
  passage,
  fireLane,
];
