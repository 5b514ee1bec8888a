import { deepFreeze } from '../freeze.ts';
import type { Kind } from './kind.ts';
import {
  dailyHeartbeat,
  every,
  flag,
  hour,
  metrics,
  minute,
  number,
  onEvent,
  soundLevel,
  state,
} from './metric.ts';

/** Older than this when it arrives, a reading is a record of the past (a device's clock is not trusted more). */
const historyAfter = 24 * hour;

const accessGate: Kind = {
  id: 'access-gate',
  label: { en: 'access gate', zh: '门禁' },
  historyAfter,
  metrics: metrics({
    door: state({ en: 'Door', zh: '门状态' }, ['open', 'closed'], dailyHeartbeat),
    // Said once, when the door has closed again.
    open_s: number({ en: 'Stood open for', zh: '开启时长' }, 's', [0, 7 * 86_400], onEvent),
    slam_db: soundLevel({ en: 'Slam level', zh: '关门声级' }, onEvent),
    force_n: number({ en: 'Opening force', zh: '开门力' }, 'N', [0, 2_000], onEvent),
    current_a: number({ en: 'Motor current', zh: '电机电流' }, 'A', [0, 100], onEvent),
    fault: flag({ en: 'Controller fault', zh: '控制器故障' }, dailyHeartbeat),
  }),
};

const lighting: Kind = {
  id: 'lighting',
  label: { en: 'lighting', zh: '照明' },
  historyAfter,
  metrics: metrics({
    // Noon sun is about 120,000 lx.
    lux: number({ en: 'Illuminance', zh: '照度' }, 'lx', [0, 200_000], every(10 * minute)),
    power_w: number({ en: 'Lamp power', zh: '灯具功率' }, 'W', [0, 10_000], every(10 * minute)),
    commanded: flag({ en: 'Commanded on', zh: '开灯指令' }, every(10 * minute)),
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
    // Of the cycle that has just ended.
    reversals: number({ en: 'Reversals', zh: '遇阻反弹次数' }, '', [0, 100], onEvent),
    current_a: number({ en: 'Motor current', zh: '电机电流' }, 'A', [0, 100], onEvent),
    fault: flag({ en: 'Controller fault', zh: '控制器故障' }, every(5 * minute)),
  }),
};

const bin: Kind = {
  id: 'bin',
  label: { en: 'bin', zh: '垃圾桶' },
  historyAfter,
  metrics: metrics({
    fill_pct: number({ en: 'Fill', zh: '满溢率' }, '%', [0, 100], every(hour)),
    // An ultrasonic sensor says 0 when it heard no echo: that is no distance.
    distance_cm: number({ en: 'Free distance', zh: '剩余空高' }, 'cm', [1, 1_000], every(hour)),
    temp_c: number({ en: 'Temperature', zh: '温度' }, '°C', [-50, 500], every(hour)),
    tilt: flag({ en: 'Tilted', zh: '倾倒' }, every(hour)),
  }),
};

const pool: Kind = {
  id: 'pool',
  label: { en: 'swimming pool', zh: '游泳池' },
  historyAfter,
  metrics: metrics({
    ph: number({ en: 'pH', zh: 'pH 值' }, '', [0, 14], every(15 * minute)),
    free_cl: number({ en: 'Free chlorine', zh: '游离性余氯' }, 'mg/L', [0, 50], every(15 * minute)),
    // Often a test by hand, every two to four hours.
    combined_cl: number(
      { en: 'Combined chlorine', zh: '化合性余氯' },
      'mg/L',
      [0, 50],
      every(4 * hour),
    ),
    orp_mv: number(
      { en: 'Redox potential', zh: '氧化还原电位' },
      'mV',
      [-2_000, 2_000],
      every(15 * minute),
    ),
    turbidity_ntu: number({ en: 'Turbidity', zh: '浑浊度' }, 'NTU', [0, 4_000], every(15 * minute)),
    temp_c: number({ en: 'Water temperature', zh: '水温' }, '°C', [-5, 60], every(15 * minute)),
    flow_m3h: number(
      { en: 'Circulation flow', zh: '循环流量' },
      'm³/h',
      [0, 5_000],
      every(15 * minute),
    ),
  }),
};

const lift: Kind = {
  id: 'lift',
  label: { en: 'lift', zh: '电梯' },
  historyAfter,
  metrics: metrics({
    mode: state(
      { en: 'Service mode', zh: '服务模式' },
      ['normal', 'stopped', 'inspection', 'fire', 'unknown'],
      every(minute),
    ),
    floor: number({ en: 'Floor', zh: '楼层' }, '', [-20, 200], every(minute)),
    door: state({ en: 'Car door', zh: '轿门' }, ['open', 'closed'], every(minute)),
    trapped: flag({ en: 'Person trapped', zh: '困人' }, every(minute)),
    // Signed: above the landing is positive. Said once at each stop.
    level_err_mm: number({ en: 'Levelling error', zh: '平层误差' }, 'mm', [-1_000, 1_000], onEvent),
    fault: flag({ en: 'Controller fault', zh: '控制器故障' }, every(minute)),
  }),
};

const sound: Kind = {
  id: 'sound',
  label: { en: 'sound level', zh: '环境噪声' },
  historyAfter,
  metrics: metrics({
    laeq_db: soundLevel({ en: 'Sound level (LAeq)', zh: '等效声级' }, every(10 * minute)),
  }),
};

const climate: Kind = {
  id: 'climate',
  label: { en: 'indoor climate', zh: '室内温度' },
  historyAfter,
  metrics: metrics({
    temp_c: number({ en: 'Temperature', zh: '温度' }, '°C', [-50, 100], every(hour)),
  }),
};

/**
 * Every kind of asset there is, by id: what it measures, in which unit, and which values are plausible.
 * Cadences are the longest usual intervals of devices in the field, not of one maker.
 */
export const kinds: Readonly<Record<string, Kind>> = deepFreeze(
  Object.fromEntries(
    [accessGate, lighting, barrier, bin, pool, lift, sound, climate].map((k) => [k.id, k]),
  ),
);
