import type { Kind } from './kind.ts';
import {
  ammonia,
  dailyHeartbeat,
  every,
  flag,
  historyAfter,
  hour,
  hydrogenSulphide,
  metrics,
  minute,
  number,
  soundLevel,
} from './metric.ts';

const sound: Kind = {
  id: 'sound',
  label: { en: 'sound level', zh: '环境噪声' },
  historyAfter,
  metrics: metrics({
    laeq_db: soundLevel({ en: 'Sound level (LAeq)', zh: '等效声级' }, every(10 * minute)),
    // Of the interval since the previous report.
    lafmax_db: soundLevel({ en: 'Peak sound level (LAFmax)', zh: '最大声级' }, every(10 * minute)),
    // LAeq of the eight hours from 22:00, said once in the morning.
    night_db: soundLevel({ en: 'Night level (LAeq 8 h)', zh: '夜间等效声级' }, dailyHeartbeat),
  }),
};

const climate: Kind = {
  id: 'climate',
  label: { en: 'indoor climate', zh: '室内环境' },
  historyAfter,
  metrics: metrics({
    temp_c: number({ en: 'Temperature', zh: '温度' }, '°C', [-50, 100], every(hour)),
    humidity_pct: number({ en: 'Relative humidity', zh: '相对湿度' }, '%', [0, 100], every(hour)),
    co2_ppm: number(
      { en: 'Carbon dioxide', zh: '二氧化碳' },
      'ppm',
      [0, 40_000],
      every(10 * minute),
    ),
    pm25_ugm3: number(
      { en: 'Fine dust (PM2.5)', zh: '细颗粒物' },
      'µg/m³',
      [0, 5_000],
      every(hour),
    ),
    lux: number({ en: 'Illuminance', zh: '照度' }, 'lx', [0, 200_000], every(10 * minute)),
  }),
};

/** Heating, cooling or ventilation of a room. */
const hvac: Kind = {
  id: 'hvac',
  label: { en: 'air-conditioning', zh: '暖通空调' },
  historyAfter,
  metrics: metrics({
    commanded: flag({ en: 'Commanded on', zh: '开机指令' }, every(10 * minute)),
    running: flag({ en: 'Running', zh: '运行状态' }, every(10 * minute)),
    fault: flag({ en: 'Unit fault', zh: '机组故障' }, every(10 * minute)),
  }),
};

const toilet: Kind = {
  id: 'toilet',
  label: { en: 'public toilet', zh: '公共卫生间' },
  historyAfter,
  metrics: metrics({
    nh3_ppm: ammonia,
    h2s_ppm: hydrogenSulphide,
    // Set to zero by the cleaner's button.
    visits: number(
      { en: 'Visits since cleaning', zh: '清洁后使用人次' },
      '',
      [0, 100_000],
      every(hour),
    ),
    wet: flag({ en: 'Floor wet', zh: '地面湿滑' }, dailyHeartbeat),
    call: flag({ en: 'Emergency call', zh: '紧急呼叫' }, dailyHeartbeat),
  }),
};

const garageAir: Kind = {
  id: 'garage-air',
  label: { en: 'garage air', zh: '车库空气' },
  historyAfter,
  metrics: metrics({
    co_ppm: number({ en: 'Carbon monoxide', zh: '一氧化碳' }, 'ppm', [0, 2_000], every(5 * minute)),
    no2_ppm: number({ en: 'Nitrogen dioxide', zh: '二氧化氮' }, 'ppm', [0, 100], every(5 * minute)),
    commanded: flag({ en: 'Fan commanded on', zh: '风机启动指令' }, every(5 * minute)),
    current_a: number({ en: 'Fan current', zh: '风机电流' }, 'A', [0, 1_000], every(5 * minute)),
  }),
};

/** Air, sound and comfort. */
export const air: readonly Kind[] = [sound, climate, hvac, toilet, garageAir];
