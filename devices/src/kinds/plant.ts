import type { Kind } from './kind.ts';
import {
  ammonia,
  every,
  flag,
  historyAfter,
  hour,
  hydrogenSulphide,
  metrics,
  minute,
  number,
  onEvent,
  soundLevel,
  state,
} from './metric.ts';

/** Lamps of every place: gates, streets, garages, notice boards. */
const lighting: Kind = {
  id: 'lighting',
  label: { en: 'lighting', zh: '照明' },
  historyAfter,
  metrics: metrics({
    // Noon sun is about 120,000 lx.
    lux: number({ en: 'Illuminance', zh: '照度' }, 'lx', [0, 200_000], every(10 * minute)),
    power_w: number({ en: 'Lamp power', zh: '灯具功率' }, 'W', [0, 10_000], every(10 * minute)),
    commanded: flag({ en: 'Commanded on', zh: '开灯指令' }, every(10 * minute)),
    fault: flag({ en: 'Lamp fault', zh: '灯具故障' }, every(hour)),
  }),
};

/** A circuit of lamps, or all lamps of an estate, by its controller. */
const lightingCircuit: Kind = {
  id: 'lighting-circuit',
  label: { en: 'lighting circuit', zh: '照明回路' },
  historyAfter,
  metrics: metrics({
    lit_pct: number({ en: 'Lamps that burn', zh: '亮灯率' }, '%', [0, 100], every(10 * minute)),
  }),
};

/** What feeds other assets with power: they name it as their relation `power`. */
const powerFeed: Kind = {
  id: 'power-feed',
  label: { en: 'power feed', zh: '供电回路' },
  historyAfter,
  metrics: metrics({
    live: flag({ en: 'Feed live', zh: '供电正常' }, every(10 * minute)),
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

/** A room or place of bins, by its smell: gas sensors hang there, not in each bin. */
const refusePoint: Kind = {
  id: 'refuse-point',
  label: { en: 'refuse point', zh: '垃圾点' },
  historyAfter,
  metrics: metrics({
    nh3_ppm: ammonia,
    h2s_ppm: hydrogenSulphide,
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
    // Loudest of one opening and closing.
    door_db: soundLevel({ en: 'Door noise', zh: '开关门噪声' }, onEvent),
    // Of one stop.
    reopenings: number({ en: 'Door re-openings', zh: '重开门次数' }, '', [0, 100], onEvent),
    // From the first movement of the door until it is closed again, without the time it is held open.
    door_cycle_s: number({ en: 'Door cycle', zh: '开关门用时' }, 's', [0, 600], onEvent),
    // That no test is said is judged by a rule, so the point itself is never silent.
    alarm_test_ok: flag({ en: 'Alarm self-test passed', zh: '报警装置自检通过' }, onEvent),
    car_c: number({ en: 'Car temperature', zh: '轿厢温度' }, '°C', [-50, 100], every(hour)),
    car_lux: number({ en: 'Car illuminance', zh: '轿厢照度' }, 'lx', [0, 200_000], every(hour)),
    machine_room_c: number(
      { en: 'Machine room temperature', zh: '机房温度' },
      '°C',
      [-50, 100],
      every(hour),
    ),
  }),
};

/** Lamps and what feeds them, lifts, bins and the places where they stand. */
export const plant: readonly Kind[] = [
  lighting,
  lightingCircuit,
  powerFeed,
  bin,
  refusePoint,
  lift,
];
