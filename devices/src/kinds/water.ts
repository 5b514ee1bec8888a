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
  type Rhythm,
} from './metric.ts';

/** A cover's node says one sign of life a day and is given up after two (facts: limits §13). */
const coverHeartbeat: Rhythm = { cadence: 24 * hour, silentAfter: 50 * hour };

const freeChlorine = { en: 'Free chlorine', zh: '游离性余氯' };
const combinedChlorine = { en: 'Combined chlorine', zh: '化合性余氯' };

const pool: Kind = {
  id: 'pool',
  label: { en: 'swimming pool', zh: '游泳池' },
  historyAfter,
  metrics: metrics({
    ph: number({ en: 'pH', zh: 'pH 值' }, '', [0, 14], every(15 * minute)),
    free_cl: number(freeChlorine, 'mg/L', [0, 50], every(15 * minute)),
    // Often a test by hand, every two to four hours.
    combined_cl: number(combinedChlorine, 'mg/L', [0, 50], every(4 * hour)),
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
    level_cm: number({ en: 'Water level', zh: '水位' }, 'cm', [0, 1_000], every(15 * minute)),
    fault: flag({ en: 'Pump fault', zh: '水泵故障' }, every(10 * minute)),
  }),
};

/** A fountain, stream or pond. Chlorine is measured where people can touch the spray. */
const waterFeature: Kind = {
  id: 'water-feature',
  label: { en: 'water feature', zh: '水景' },
  historyAfter,
  metrics: metrics({
    commanded: flag({ en: 'Pump commanded on', zh: '开泵指令' }, every(10 * minute)),
    running: flag({ en: 'Pump running', zh: '水泵运行' }, every(10 * minute)),
    fault: flag({ en: 'Pump fault', zh: '水泵故障' }, every(10 * minute)),
    level_cm: number({ en: 'Water level', zh: '水位' }, 'cm', [0, 1_000], every(10 * minute)),
    turbidity_ntu: number({ en: 'Turbidity', zh: '浑浊度' }, 'NTU', [0, 4_000], every(hour)),
    temp_c: number({ en: 'Water temperature', zh: '水温' }, '°C', [-5, 60], every(hour)),
    air_c: number({ en: 'Air temperature', zh: '气温' }, '°C', [-50, 60], every(hour)),
    free_cl: number(freeChlorine, 'mg/L', [0, 50], every(15 * minute)),
    combined_cl: number(combinedChlorine, 'mg/L', [0, 50], every(4 * hour)),
  }),
};

/** Water on the ground, out of doors or in a garage. */
const standingWater: Kind = {
  id: 'standing-water',
  label: { en: 'standing water', zh: '地面积水' },
  historyAfter,
  metrics: metrics({
    wet: flag({ en: 'Ground wet', zh: '地面积水' }, dailyHeartbeat),
    depth_cm: number({ en: 'Water depth', zh: '积水深度' }, 'cm', [0, 300], every(10 * minute)),
    raining: flag({ en: 'Raining', zh: '降雨' }, every(hour)),
  }),
};

/** Indoors, where no water belongs: a leak probe, cable or floor detector. */
const leak: Kind = {
  id: 'leak',
  label: { en: 'leak detector', zh: '漏水检测' },
  historyAfter,
  metrics: metrics({
    leak: flag({ en: 'Leak', zh: '漏水' }, dailyHeartbeat),
  }),
};

const drain: Kind = {
  id: 'drain',
  label: { en: 'drain', zh: '排水沟' },
  historyAfter,
  metrics: metrics({
    // Zero means no echo: that is no distance.
    free_cm: number(
      { en: 'Free height to the cover', zh: '水面距盖板' },
      'cm',
      [1, 2_000],
      every(hour),
    ),
    level_high: flag({ en: 'Water level alarm', zh: '水位报警' }, dailyHeartbeat),
  }),
};

const manhole: Kind = {
  id: 'manhole',
  label: { en: 'manhole cover', zh: '井盖' },
  historyAfter,
  metrics: metrics({
    // Against the attitude in which it was installed.
    tilt_deg: number({ en: 'Tilt', zh: '倾斜角' }, '°', [0, 180], coverHeartbeat),
    moved: flag({ en: 'Cover moved', zh: '井盖移位' }, coverHeartbeat),
    free_cm: number(
      { en: 'Free height to the cover', zh: '水面距井盖' },
      'cm',
      [1, 2_000],
      coverHeartbeat,
    ),
    level_high: flag({ en: 'Water level alarm', zh: '水位报警' }, coverHeartbeat),
  }),
};

const sumpPump: Kind = {
  id: 'sump-pump',
  label: { en: 'sump pump', zh: '集水坑水泵' },
  historyAfter,
  metrics: metrics({
    level_cm: number({ en: 'Sump level', zh: '集水坑水位' }, 'cm', [0, 1_000], every(10 * minute)),
    level_high: flag({ en: 'Sump level high', zh: '集水坑高水位' }, every(10 * minute)),
    running: flag({ en: 'Pump running', zh: '水泵运行' }, every(10 * minute)),
    // Since the previous report; a counter that only grows is turned into steps before it gets here.
    starts: number({ en: 'Pump starts', zh: '水泵启动次数' }, '', [0, 1_000], onEvent),
    fault: flag({ en: 'Pump fault', zh: '水泵故障' }, every(10 * minute)),
  }),
};

/** A bed or lawn with its soil probe and its water. */
const irrigation: Kind = {
  id: 'irrigation',
  label: { en: 'soil and irrigation', zh: '土壤与灌溉' },
  historyAfter,
  metrics: metrics({
    moisture_pct: number({ en: 'Soil moisture', zh: '土壤含水率' }, '%', [0, 100], every(hour)),
    flow_m3h: number(
      { en: 'Irrigation flow', zh: '灌溉流量' },
      'm³/h',
      [0, 500],
      every(15 * minute),
    ),
    commanded: flag({ en: 'Valve commanded open', zh: '开阀指令' }, every(15 * minute)),
  }),
};

/** Water that people see, and water that should not be there. */
export const water: readonly Kind[] = [
  pool,
  waterFeature,
  standingWater,
  leak,
  drain,
  manhole,
  sumpPump,
  irrigation,
];
