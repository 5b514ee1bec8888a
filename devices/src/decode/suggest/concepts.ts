/** What names of fields mean, whatever the maker: which metric a value could be, by the kind of asset it is about. */
export interface Concept {
  /** Of a field's name in small letters without anything between its words. */
  readonly name: RegExp;
  /** The kinds that have it, the likeliest first, with their metric; `device` for what a device tells of itself. */
  readonly metrics: Readonly<Record<string, string>>;
  /** Only texts, numbers, or yes and no are meant. */
  readonly only?: 'number' | 'word';
  /** Unit when neither the value nor its name says one and it is not the metric's. */
  readonly unit?: string;
  /** Values that mean "no measurement". */
  readonly sentinels?: readonly number[];
  /** A yes of the device is this word of the metric, and a no the other one. */
  readonly yes?: { readonly is: string | boolean; readonly not: string | boolean };
}

const open = { is: 'open', not: 'closed' } as const;
const temperature = {
  climate: 'temp_c',
  bin: 'temp_c',
  pool: 'temp_c',
  'water-feature': 'temp_c',
} as const;

/** The first that fits counts. */
export const concepts: readonly Concept[] = [
  { name: /^(\$|last)?battery(level|percentage|pct)?$|^bat$/, metrics: { device: 'battery_pct' } },
  { name: /^bat(tery)?(v|volt|voltage)$/, metrics: { device: 'battery_v' }, only: 'number' },
  { name: /^\$?rssi$/, metrics: { device: 'rssi_dbm' }, only: 'number' },
  { name: /^\$?l?(ora)?snr$/, metrics: { device: 'snr_db' }, only: 'number' },
  { name: /^(linkquality|lqi)$/, metrics: { device: 'link_quality' }, only: 'number' },
  {
    name: /^tamper(status|state|alarm)?$/,
    metrics: { device: 'tamper' },
    yes: { is: true, not: false },
  },
  // True of a Zigbee contact: the magnet is near.
  {
    name: /^contact$/,
    metrics: { 'access-gate': 'door', 'fire-door': 'door' },
    yes: { is: 'closed', not: 'open' },
  },
  {
    name: /^(door|open|opening|reed|magnet|doorsensor)(open)?(status|state)?$|^edcmod$/,
    metrics: { 'access-gate': 'door', 'fire-door': 'door' },
    yes: open,
  },
  {
    name: /^(water)?leak(age)?(status|detected|alarm)?$|^waterleak\w*$|^moisturealarm$/,
    metrics: { leak: 'leak', 'standing-water': 'wet' },
    yes: { is: true, not: false },
  },
  {
    name: /^(illuminancelux|lux)$/,
    metrics: { lighting: 'lux', climate: 'lux', lift: 'car_lux' },
    only: 'number',
  },
  {
    name: /^(illuminance|illumination|luminosity|brightness)$/,
    metrics: { lighting: 'lux', climate: 'lux' },
    only: 'number',
  },
  { name: /^(active)?power(w)?$|^apower$/, metrics: { lighting: 'power_w' }, only: 'number' },
  {
    name: /^current(a)?$/,
    metrics: { 'garage-air': 'current_a', barrier: 'current_a', 'access-gate': 'current_a' },
    only: 'number',
  },
  {
    name: /^(state|output|socket(status)?|relay(status)?|power\d?|switch\d?)$/,
    metrics: {
      lighting: 'commanded',
      hvac: 'commanded',
      'water-feature': 'commanded',
      irrigation: 'commanded',
      'garage-air': 'commanded',
      barrier: 'commanded',
    },
    only: 'word',
    yes: { is: true, not: false },
  },
  {
    name: /^(distance|airheight|height|range)(mm|cm)?$/,
    metrics: { bin: 'distance_cm', drain: 'free_cm', manhole: 'free_cm', passage: 'clear_cm' },
    only: 'number',
    unit: 'mm',
    sentinels: [0],
  },
  { name: /^(fill|filling)(level|pct|percent|percentage|rate)?$/, metrics: { bin: 'fill_pct' } },
  {
    name: /^(position|tilt|tilted)$/,
    metrics: { bin: 'tilt', barrier: 'position' },
    only: 'word',
    yes: { is: true, not: false },
  },
  {
    name: /^(temp|temperature)(c|celsius)?(ds18b20|probe|air)?$|^tc$/,
    metrics: temperature,
    only: 'number',
  },
  { name: /^(humidity|hum|rh)$/, metrics: { climate: 'humidity_pct' }, only: 'number' },
  { name: /^(co2|carbondioxide|eco2)$/, metrics: { climate: 'co2_ppm' }, only: 'number' },
  { name: /^pm2?_?25$/, metrics: { climate: 'pm25_ugm3' }, only: 'number' },
  { name: /^laeq$/, metrics: { sound: 'laeq_db' }, only: 'number' },
  { name: /^lafmax$/, metrics: { sound: 'lafmax_db' }, only: 'number' },
  { name: /^nh3$/, metrics: { toilet: 'nh3_ppm', 'refuse-point': 'nh3_ppm' }, only: 'number' },
  { name: /^h2s$/, metrics: { toilet: 'h2s_ppm', 'refuse-point': 'h2s_ppm' }, only: 'number' },
  { name: /^(co|carbonmonoxide)$/, metrics: { 'garage-air': 'co_ppm' }, only: 'number' },
  { name: /^(no2|nitrogendioxide)$/, metrics: { 'garage-air': 'no2_ppm' }, only: 'number' },
  { name: /^ph(value)?$/, metrics: { pool: 'ph' }, only: 'number' },
  { name: /^(orp|redox)(mv)?$/, metrics: { pool: 'orp_mv' }, only: 'number' },
  {
    name: /^turbidity(in)?(ntu)?$/,
    metrics: { pool: 'turbidity_ntu', 'water-feature': 'turbidity_ntu' },
    only: 'number',
  },
  {
    name: /^(free)?(chlorine|cl)$/,
    metrics: { pool: 'free_cl', 'water-feature': 'free_cl' },
    only: 'number',
  },
  { name: /^(soil)?moisture$/, metrics: { irrigation: 'moisture_pct' }, only: 'number' },
  { name: /^(water)?depth$/, metrics: { 'standing-water': 'depth_cm' }, only: 'number' },
  {
    name: /^(water)?level$/,
    metrics: { 'sump-pump': 'level_cm', pool: 'level_cm', 'water-feature': 'level_cm' },
    only: 'number',
  },
  {
    name: /^(entrapment|trapped|personintrap)$/,
    metrics: { lift: 'trapped' },
    yes: { is: true, not: false },
  },
  { name: /^(floor|currentfloor)$/, metrics: { lift: 'floor' }, only: 'number' },
  { name: /^outoforder$/, metrics: { lift: 'fault' }, yes: { is: true, not: false } },
  { name: /^(rain|raining)$/, metrics: { 'standing-water': 'raining' } },
];

/** Words by which people name what a device watches. */
export const kindWords: Readonly<Record<string, RegExp>> = {
  'access-gate': /gate|entrance|门禁|园门|苑门|单元门/i,
  'fire-door': /fire.?door|emergency.?exit|防火门/i,
  barrier: /barrier|boom|道闸|闸/i,
  bin: /\bbin|bin\b|waste|garbage|trash|refuse|垃圾桶/i,
  'refuse-point': /refuse.?(point|room)|垃圾(房|点|站)/i,
  lighting: /lamp|light|luminaire|灯|照明/i,
  pool: /pool|泳池/i,
  'water-feature': /fountain|pond|stream|水景|喷泉/i,
  lift: /lift|elevator|电梯/i,
  toilet: /toilet|restroom|\bwc\b|卫生间|厕/i,
  'garage-air': /garage|car.?park|车库/i,
  climate: /hall|room|office|lobby|climate|大堂|室/i,
  leak: /leak|漏水/i,
  'standing-water': /flood|standing.?water|积水/i,
  drain: /drain|gutter|排水/i,
  manhole: /manhole|井盖/i,
  'sump-pump': /sump|集水/i,
  irrigation: /irrigation|soil|lawn|garden|绿化|土壤/i,
  hvac: /hvac|air.?con|\bfan\b|空调|新风/i,
  sound: /noise|sound|噪声/i,
  passage: /passage|corridor|通道/i,
};

/** Where a kind of asset usually belongs; somebody confirms it. */
export const touchpoints: Readonly<Record<string, string>> = {
  'access-gate': 'TP01',
  barrier: 'TP02',
  lighting: 'TP03',
  'lighting-circuit': 'TP03',
  drain: 'TP03',
  manhole: 'TP03',
  'power-feed': 'TP18',
  camera: 'TP18',
  device: 'TP18',
  'perimeter-zone': 'TP22',
  bin: 'TP23',
  'refuse-point': 'TP23',
  climate: 'TP26',
  hvac: 'TP24',
  lift: 'TP27',
  'fire-door': 'TP28',
  'fire-lane': 'TP28',
  'fire-panel': 'TP28',
  passage: 'TP28',
  'garage-air': 'TP29',
  'sump-pump': 'TP29',
  'standing-water': 'TP29',
  irrigation: 'TP31',
  pool: 'TP32',
  'water-feature': 'TP32',
  toilet: 'TP33',
  sound: 'TP34',
  leak: 'TP44',
};
