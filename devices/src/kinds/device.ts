import type { Kind } from './kind.ts';
import { every, flag, historyAfter, hour, metrics, number, onEvent } from './metric.ts';

/**
 * A sensor or controller itself, whatever it watches: an asset of its own beside the one it watches.
 * That it has fallen silent is judged of every point and needs no metric.
 */
export const device: Kind = {
  id: 'device',
  label: { en: 'device', zh: '设备' },
  historyAfter,
  metrics: metrics({
    battery_pct: number({ en: 'Battery', zh: '电池电量' }, '%', [0, 100], every(24 * hour)),
    battery_v: number({ en: 'Battery voltage', zh: '电池电压' }, 'V', [0, 60], every(24 * hour)),
    rssi_dbm: number({ en: 'Signal strength', zh: '信号强度' }, 'dBm', [-200, 20], every(hour)),
    snr_db: number({ en: 'Signal-to-noise ratio', zh: '信噪比' }, 'dB', [-50, 50], every(hour)),
    link_quality: number({ en: 'Link quality', zh: '链路质量' }, '', [0, 255], every(hour)),
    // Frames missing in the counter, over the last 24 h.
    loss_pct: number({ en: 'Frames lost', zh: '丢帧率' }, '%', [0, 100], every(24 * hour)),
    // Its clock against the gateway's: ahead is positive.
    clock_skew_s: number(
      { en: 'Clock deviation', zh: '时钟偏差' },
      's',
      [-10 * 365 * 86_400, 10 * 365 * 86_400],
      every(24 * hour),
    ),
    tamper: flag({ en: 'Tamper contact', zh: '防拆触点' }, onEvent),
  }),
};
