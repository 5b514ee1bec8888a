import type { Text } from '@caretaker/readings/base';
import { nothing, text } from './words.ts';

/** How the values of a state or flag are said: a subject, and what it is. */
interface Phrases {
  readonly subject: Text;
  readonly values: Readonly<Record<string, Text>>;
}

/** A flag whose two values each say it all. */
function either(yes: Text, no: Text): Phrases {
  return { subject: nothing, values: { true: yes, false: no } };
}

/** A flag of which one thing is the one or the other. */
function of(subject: Text, yes: Text, no: Text): Phrases {
  return { subject, values: { true: yes, false: no } };
}

const fault = either(
  text('controller fault', '控制器故障'),
  text('no controller fault', '控制器无故障'),
);
const pumpFault = either(text('pump fault', '水泵故障'), text('no pump fault', '水泵无故障'));
const pump = of(text('pump', '水泵'), text('running', '运行'), text('stopped', '停止'));
const waterLevel = of(
  text('water level', '水位'),
  text('at its alarm mark', '达到报警线'),
  text('below its alarm mark', '低于报警线'),
);
const open = text('open', '开启');
const closed = text('closed', '关闭');

export const phrases: Readonly<Record<string, Phrases>> = {
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
  'barrier/commanded': of(
    text('arm', ''),
    text('commanded open', '已下达开闸指令'),
    text('not commanded open', '未下达开闸指令'),
  ),
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
  'access-gate/forced': of(
    text('door', '门'),
    text('forced open', '被强行开启'),
    text('not forced', '未被强行开启'),
  ),
  'access-gate/granted': of(
    text('passage', '通行'),
    text('granted', '已授权'),
    text('not granted', '未授权'),
  ),
  'power-feed/live': of(
    text('power feed', '供电回路'),
    text('live', '有电'),
    text('without power', '断电'),
  ),
  'fire-panel/fire_alarm': either(
    text('fire alarm active', '火灾报警'),
    text('no fire alarm', '无火灾报警'),
  ),
  'fire-panel/fault': either(text('panel fault', '主机故障'), text('no panel fault', '主机无故障')),
  'perimeter-zone/blocked': of(
    text('beam', '光束'),
    text('blocked', '被遮挡'),
    text('clear', '无遮挡'),
  ),
  'perimeter-zone/alarm': either(
    text('intrusion alarm', '入侵报警'),
    text('no intrusion alarm', '无入侵报警'),
  ),
  'perimeter-zone/test_ok': of(
    text('zone test', '防区测试'),
    text('passed', '通过'),
    text('failed', '未通过'),
  ),
  'perimeter-zone/mains': of(text('mains', '市电'), text('present', '正常'), text('lost', '中断')),
  'perimeter-zone/fault': fault,
  'camera/recording': of(
    text('camera', '摄像机'),
    text('recording', '正在录像'),
    text('not recording', '未录像'),
  ),
  'camera/fault': either(
    text('camera fault', '摄像机故障'),
    text('no camera fault', '摄像机无故障'),
  ),
  'fire-door/door': { subject: text('door', '门'), values: { open, closed } },
  'fire-door/hold_open': of(
    text('door', '门'),
    text('held by its magnet', '由电磁释放器保持'),
    text('not held by its magnet', '未由电磁释放器保持'),
  ),
  'fire-door/fire_alarm': either(
    text('fire alarm active', '火灾报警'),
    text('no fire alarm', '无火灾报警'),
  ),
  'passage/obstructed': of(
    text('passage', '通道'),
    text('obstructed', '被堵'),
    text('free', '畅通'),
  ),
  'fire-lane/occupied': of(
    text('fire lane', '消防车道'),
    text('occupied', '被占用'),
    text('free', '畅通'),
  ),
  'lighting/fault': either(text('lamp fault', '灯具故障'), text('no lamp fault', '灯具无故障')),
  'lift/alarm_test_ok': of(
    text('alarm self-test', '报警装置自检'),
    text('passed', '通过'),
    text('failed', '未通过'),
  ),
  'water-feature/commanded': of(
    text('pump', ''),
    text('commanded on', '已下达开泵指令'),
    text('commanded off', '未下达开泵指令'),
  ),
  'pool/fault': pumpFault,
  'water-feature/running': pump,
  'water-feature/fault': pumpFault,
  'standing-water/wet': of(text('ground', '地面'), text('wet', '积水'), text('dry', '干燥')),
  'standing-water/raining': either(text('rain', '降雨'), text('no rain', '无降雨')),
  'leak/leak': either(text('leak', '漏水'), text('no leak', '无漏水')),
  'drain/level_high': waterLevel,
  'manhole/level_high': waterLevel,
  'manhole/moved': of(text('cover', '井盖'), text('moved', '移位'), text('in place', '在位')),
  'sump-pump/level_high': waterLevel,
  'sump-pump/running': pump,
  'sump-pump/fault': pumpFault,
  'irrigation/commanded': of(
    text('valve', ''),
    text('commanded open', '已下达开阀指令'),
    text('commanded closed', '未下达开阀指令'),
  ),
  'hvac/commanded': of(
    text('unit', ''),
    text('commanded on', '已下达开机指令'),
    text('commanded off', '未下达开机指令'),
  ),
  'hvac/running': of(text('unit', '机组'), text('running', '运行'), text('stopped', '停止')),
  'hvac/fault': either(text('unit fault', '机组故障'), text('no unit fault', '机组无故障')),
  'toilet/wet': of(text('floor', '地面'), text('wet', '湿滑'), text('dry', '干燥')),
  'toilet/call': either(
    text('emergency call', '紧急呼叫'),
    text('no emergency call', '无紧急呼叫'),
  ),
  'garage-air/commanded': of(
    text('fan', ''),
    text('commanded on', '已下达开机指令'),
    text('commanded off', '未下达开机指令'),
  ),
  'device/tamper': of(
    text('device', '设备'),
    text('tampered with', '被拆动'),
    text('untouched', '未被拆动'),
  ),
};
