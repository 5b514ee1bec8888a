import type { Text } from '@caretaker/readings/base';

export type Language = 'en' | 'zh';

/** Columns of the ledger, in their order. */
export const headings = {
  ref: { en: 'Ticket', zh: '工单号' },
  estate: { en: 'Estate', zh: '园区' },
  received: { en: 'Received', zh: '受理时间' },
  onset: { en: 'Began', zh: '发生时间' },
  channel: { en: 'Channel', zh: '受理渠道' },
  source: { en: 'Source', zh: '来源' },
  reporter: { en: 'Reported by', zh: '报事人' },
  contact: { en: 'Contact', zh: '联系方式' },
  place: { en: 'Place', zh: '地点' },
  matter: { en: 'Matter', zh: '事项' },
  severity: { en: 'Severity', zh: '严重程度' },
  class: { en: 'Time limit', zh: '时限类别' },
  team: { en: 'Team', zh: '班组' },
  firstAsked: { en: 'First asked', zh: '首问责任人' },
  owner: { en: 'Owner', zh: '负责人' },
  assigned: { en: 'Assigned to', zh: '处理人' },
  dispatched: { en: 'Dispatched', zh: '派单时间' },
  arrived: { en: 'Arrived', zh: '到场时间' },
  fixed: { en: 'Fixed', zh: '完工时间' },
  verified: { en: 'Verified', zh: '验证时间' },
  signed: { en: 'Signed off', zh: '客户确认时间' },
  signedBy: { en: 'Signed by', zh: '确认人' },
  followedUp: { en: 'Followed up', zh: '回访时间' },
  satisfied: { en: 'Satisfied', zh: '是否满意' },
  closed: { en: 'Closed', zh: '关闭时间' },
  state: { en: 'State', zh: '状态' },
  clocksMet: { en: 'Limits met', zh: '按时完成' },
  clocksMissed: { en: 'Limits missed', zh: '超时' },
  parts: { en: 'Parts', zh: '用料' },
  fee: { en: 'Fee', zh: '费用' },
} as const satisfies Readonly<Record<string, Text>>;

const text = (en: string, zh: string): Text => ({ en, zh });

/** What stands in cells as a code elsewhere, by what it is a code of. States are called as on the pages. */
const words: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  channel: {
    sensor: text('Sensor', '传感器'),
    gateway: text('Gateway', '网关'),
    desk: text('Front desk', '前台'),
    phone: text('Phone', '电话'),
    web: text('Web', '网页'),
    chat: text('Chat', '聊天'),
    'on-site': text('On site', '现场'),
  },
  source: {
    episode: text('Breach', '超标'),
    'gateway-alarm': text('Gateway alarm', '网关告警'),
    report: text('Report', '报事'),
    complaint: text('Complaint', '投诉'),
    wish: text('Wish', '建议'),
  },
  severity: {
    emergency: text('P1 emergency', 'P1 紧急'),
    high: text('P2 high', 'P2 高'),
    medium: text('P3 medium', 'P3 中'),
    low: text('P4 low', 'P4 低'),
  },
  class: {
    'same-day': text('Same day', '当日'),
    'three-days': text('Three days', '三日'),
    'one-week': text('One week', '一周'),
  },
  team: {
    engineering: text('Engineering', '工程'),
    security: text('Security', '安保'),
    cleaning: text('Cleaning', '保洁'),
    service: text('Client service', '客服'),
  },
  satisfied: {
    yes: text('Yes', '是'),
    no: text('No', '否'),
    unreached: text('Not reached', '未联系上'),
  },
  state: {
    new: text('New', '新建'),
    triaged: text('Triaged', '已受理'),
    dispatched: text('Dispatched', '已派单'),
    acknowledged: text('Acknowledged', '已接单'),
    'en-route': text('En route', '前往中'),
    'on-site': text('On site', '已到场'),
    working: text('Working', '处理中'),
    'temporary-measure': text('Temporary measure', '临时措施'),
    waiting: text('Waiting', '挂起'),
    fixed: text('Fixed', '已修复'),
    verified: text('Verified', '已验证'),
    'signed-off': text('Signed off', '客户已确认'),
    'follow-up': text('Follow-up', '回访'),
    reopened: text('Reopened', '已重开'),
    closed: text('Closed', '已关闭'),
    rejected: text('Rejected', '已驳回'),
    'referred-out': text('Referred out', '已转出'),
    cancelled: text('Cancelled', '已取消'),
    'self-cleared': text('Self-cleared', '自行恢复'),
  },
  clock: {
    acknowledge: text('Acknowledge', '接单'),
    arrive: text('Arrive', '到场'),
    'make-safe': text('Make safe', '消除危险'),
    restore: text('Restore', '恢复'),
    answer: text('Answer', '答复'),
    complaint: text('Complaint', '投诉处理'),
    class: text('Time limit', '时限类别'),
    promise: text('Promise', '时效承诺'),
    'follow-up': text('Follow-up', '回访'),
  },
  fee: { free: text('labour free', '免人工费') },
};

/** What a code of a column is called; one that has no name stays as it is. */
export function say(of: string, code: string | null, language: Language): string | null {
  return code === null ? null : (words[of]?.[code]?.[language] ?? code);
}
