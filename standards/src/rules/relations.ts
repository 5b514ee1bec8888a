import type { Text } from '@caretaker/readings/base';

/** What an asset may be to another one; a rule reads its metrics through `from`. */
export const relations: Readonly<Record<string, Text>> = {
  power: { en: 'power feed', zh: '供电回路' },
  weather: { en: 'weather station', zh: '气象站' },
  vouch: { en: 'sibling sensor', zh: '旁证传感器' },
  bank: { en: 'lift of the same bank', zh: '同组电梯' },
  neighbours: { en: 'neighbouring lamp', zh: '相邻灯具' },
  alarm: { en: 'fire alarm panel', zh: '火灾报警主机' },
  pump: { en: 'pump', zh: '水泵' },
  water: { en: 'water supply', zh: '供水' },
  loop: { en: 'vehicle loop', zh: '地感线圈' },
  light: { en: 'lighting', zh: '照明' },
  door: { en: 'door', zh: '门' },
  room: { en: 'room', zh: '所在空间' },
  controller: { en: 'controller', zh: '控制器' },
  parent: { en: 'facility it belongs to', zh: '所属设施' },
};
