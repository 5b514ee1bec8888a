import { describe, expect, it } from 'vitest';

type Tree = { [key: string]: string | Tree };
const files = import.meta.glob<Tree>('./locales/*/*.json', { eager: true, import: 'default' });

function flatten(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${prefix}${key}`, value] as [string, string]]
      : flatten(value, `${prefix}${key}.`),
  );
}
function texts(folder: 'en' | 'zh'): Map<string, string> {
  const rows = Object.entries(files).flatMap(([path, tree]) => {
    const match = new RegExp(`^\\./locales/${folder}/(.+)\\.json$`).exec(path);
    return match === null ? [] : flatten(tree, `${match[1]}:`);
  });
  return new Map(rows);
}
/** English has two plural forms, Chinese one; zero is a form of its own where a sentence asks for it. */
const meaning = (key: string) => key.replace(/_(one|other)$/, '');
const named = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((m) => m[1]).sort();

const en = texts('en');
const zh = texts('zh');

/** One word for one thing: [key, English, Chinese]. */
const glossary = [
  ['words:thing.estate', 'Estate', '园区'],
  ['words:thing.touchpoint', 'Touchpoint', '触点'],
  ['words:thing.item', 'Standard item', '标准条目'],
  ['words:thing.asset', 'Asset', '设施'],
  ['words:thing.kind', 'Kind', '类别'],
  ['words:thing.metric', 'Metric', '指标'],
  ['words:thing.point', 'Point', '测点'],
  ['words:thing.reading', 'Reading', '读数'],
  ['words:thing.gateway', 'Gateway', '网关'],
  ['words:thing.standard', 'Standard', '标准'],
  ['words:thing.limit', 'Limit', '限值'],
  ['words:thing.clearLimit', 'Clear limit', '恢复限值'],
  ['words:thing.rule', 'Rule', '规则'],
  ['words:thing.condition', 'Condition', '状况'],
  ['words:thing.breach', 'Breach', '超标'],
  ['words:thing.episode', 'Episode', '超标时段'],
  ['words:thing.onset', 'Onset', '发生时间'],
  ['words:thing.detected', 'Detected', '发现时间'],
  ['words:thing.worst', 'Worst value', '最差值'],
  ['words:thing.ticket', 'Ticket', '工单'],
  ['words:thing.coverage', 'Coverage', '数据覆盖率'],
  ['words:thing.quarantine', 'Quarantine', '隔离区'],
  ['words:thing.latched', 'Latched', '需人工解除'],
  ['words:mark.ok', 'OK', '正常'],
  ['words:mark.pending', 'Pending', '计时中'],
  ['words:mark.clearing', 'Clearing', '恢复中'],
  ['words:mark.unknown', 'Unknown', '未知'],
  ['words:mark.planned', 'Planned work', '计划作业'],
  ['words:mark.emergency', 'Emergency', '紧急'],
  ['words:mark.high', 'High', '高'],
  ['words:mark.medium', 'Medium', '中'],
  ['words:mark.low', 'Low', '低'],
  ['words:ticketState.new', 'New', '新建'],
  ['words:ticketState.closed', 'Closed', '已关闭'],
  ['words:ticketState.self-cleared', 'Self-cleared', '自行恢复'],
  ['tickets:act.acknowledge', 'Acknowledge', '接单'],
  ['tickets:act.fix', 'Mark fixed', '标记修复'],
  ['tickets:act.hand-over', 'Hand over', '交接'],
  ['words:ticketState.triaged', 'Triaged', '已受理'],
  ['words:ticketState.dispatched', 'Dispatched', '已派单'],
  ['words:ticketState.en-route', 'En route', '前往中'],
  ['words:ticketState.on-site', 'On site', '已到场'],
  ['words:ticketState.working', 'Working', '处理中'],
  ['words:ticketState.temporary-measure', 'Temporary measure', '临时措施'],
  ['words:ticketState.waiting', 'Waiting', '挂起'],
  ['words:ticketState.fixed', 'Fixed', '已修复'],
  ['words:ticketState.verified', 'Verified', '已验证'],
  ['words:ticketState.follow-up', 'Follow-up', '回访'],
  ['words:ticketState.reopened', 'Reopened', '已重开'],
  ['words:ticketState.referred-out', 'Referred out', '已转出'],
  ['ticket-list:tabs.proving', 'Proving', '验证中'],
  ['ticket:proof.clearing', 'Proving the fix', '验证中'],
  ['ticket:facts.firstAsked', 'First asked', '首问责任'],
  ['ticket:clocks.title', 'Promises', '时效承诺'],
  ['sign-in:title', 'Sign in', '登录'],
  ['sign-in:code.title', 'Second factor', '二次验证'],
  ['sign-in:code.recovery', 'Recovery code', '恢复码'],
  ['account:tokens.token', 'Token', '令牌'],
  ['audit:title', 'Audit log', '审计日志'],
  ['gateways:access.devices', 'Credentials of devices', '设备凭证'],
  ['access:role.viewer', 'viewer', '查看者'],
  ['access:role.technician', 'technician', '技术员'],
  ['access:role.engineer', 'engineer', '工程师'],
  ['access:role.manager', 'manager', '经理'],
  ['access:role.administrator', 'administrator', '管理员'],
] as const;

describe('the texts', () => {
  it('say the same things in both languages', () => {
    const keys = (map: Map<string, string>) => [...new Set([...map.keys()].map(meaning))].sort();
    expect(en.size).toBeGreaterThan(200);
    expect(keys(zh)).toEqual(keys(en));
  });

  it('name the same values in both languages', () => {
    for (const [key, text] of zh) {
      const english = en.get(key) ?? en.get(`${meaning(key)}_other`);
      expect(named(text), key).toEqual(named(english ?? ''));
    }
  });

  it('give every plural both its English forms', () => {
    for (const key of en.keys()) {
      if (key.endsWith('_one')) expect(en.has(key.replace(/_one$/, '_other')), key).toBe(true);
      if (key.endsWith('_other')) expect(en.has(key.replace(/_other$/, '_one')), key).toBe(true);
    }
  });

  it('use the words of the glossary', () => {
    for (const [key, english, chinese] of glossary) {
      expect(en.get(key), key).toBe(english);
      expect(zh.get(key), key).toBe(chinese);
    }
  });

  it('use no other word for a thing of the glossary', () => {
    const wrong = /阈值|报警|告警|资产|派工单|传感点|待确认|小区|事件单|检测点|门限/;
    for (const [key, text] of zh) expect(text, key).not.toMatch(wrong);
    for (const [key, text] of en)
      expect(text, key).not.toMatch(/\b(alarm|alert|threshold|MTTR)\b/i);
  });

  it('have no exclamation mark, no italics and no glued English in Chinese', () => {
    for (const [key, text] of [...en, ...zh]) expect(text, key).not.toMatch(/[!！]/);
    for (const [key, text] of zh) expect(text, key).not.toMatch(/[\u4e00-\u9fff][,;:?]/);
  });
});
