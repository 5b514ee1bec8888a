const en = {
  gateway: 'Gateway',
  estate: 'Estate',
  title: 'Gateway {0}',
  up: 'Connected to the cloud',
  upMore: 'Readings are sent as they come.',
  down: 'Not connected to the cloud',
  downMore: 'Readings stay on this gateway until the cloud has them.',
  pending: 'Waiting for the cloud',
  readings: '{0} readings',
  nothing: 'nothing',
  oldest: 'Oldest waiting',
  devices: 'Devices connected',
  messages: 'Messages since start',
  kept: 'Readings kept since start',
  refused: 'Readings not taken',
  logins: 'Wrong names or passwords',
  foreign: 'Messages on foreign topics',
  cutOff: 'Connections cut off',
  journal: 'Journal on disk',
  losses: 'Losses of the journal',
  room: '{0} of {1}',
  daysLeft: 'Room without the cloud',
  days: '{0} days',
  daysUnknown: 'known after a minute of readings',
  removed: 'Thinned out to make room',
  gone: 'Readings that are gone',
  what: 'What',
  received: 'Received',
  sequences: 'Places',
  lost: 'lost: {0}',
  thinned: 'thinned out ({0})',
  thinnedFor: 'journal full;disk full;too old',
  quarantine: 'Quarantine',
  quarantineTotal: '{0} messages and values in all',
  localRules: 'Rules judged here',
  rulesOff: 'none: the standard cannot be used',
  rulesBehind: '{0} readings behind',
  rulesCalm: 'no breach stands',
  rulesStanding: '{0} breaches stand',
  ownAlarms: 'Reported on its own',
  alarmsWaiting: '{0} wait for the cloud',
  alarmsTold: '{0}, all told to the cloud',
  history: 'Local history',
  historyOff: 'off',
  historyOk: 'written up to now',
  historyBehind: '{0} readings behind',
  historyBad: 'cannot be written since {1} ({2}); {0} readings wait in the journal',
  version: 'Version',
  asOf: 'As of {0}',
  credentials: 'Devices and bridges',
  noCredentials: 'No device has a credential yet.',
  noCredentialsNext: 'Make one on this machine: caretaker device add north-gate',
  anonymous: 'Devices of this machine may come without a credential.',
  name: 'Name',
  covers: 'Speaks for',
  state: 'State',
  lastUse: 'Last connected',
  inForce: 'in force',
  revoked: 'revoked',
  never: 'not since it was made',
  unknownUse: 'not known',
  noQuarantine: 'Nothing was put aside. Every message could be read.',
  topic: 'Topic',
  reason: 'Reason',
  client: 'From',
  count: 'Count',
  last: 'Last',
  more: '{0} more are shown in the cloud.',
  signIn: 'Sign in',
  signInWhat:
    'This page is for the local administrator of the gateway. It works without the cloud.',
  password: 'Password',
  signOut: 'Sign out',
  code: 'One-time code',
  codeTitle: 'Sign in by a one-time code',
  codeWhat:
    'The gateway prints the code where it is started. "caretaker edge-admin code" makes a new one.',
  codeReady: 'The link you opened carries a one-time code. It works once.',
  byCode: 'Sign in by a one-time code instead',
  byPassword: 'Sign in by password instead',
  noPassword: 'There is no password yet. Until you set one you need a new code each time.',
  setPassword: 'Set a password',
  changePassword: 'Change password',
  oldPassword: 'Present password',
  newPassword: 'New password, at least 12 characters',
  repeatPassword: 'New password once more',
  save: 'Save',
  back: 'Back to the status',
  missing: 'There is no such page',
  broken: 'The gateway could not show this page. Its log says why.',
} as const;

export type Words = { readonly [name in keyof typeof en]: string };

const zh: Words = {
  gateway: '网关',
  estate: '园区',
  title: '网关 {0}',
  up: '已连接云端',
  upMore: '读数随到随发。',
  down: '未连接云端',
  downMore: '读数保存在本网关，直到云端收妥。',
  pending: '等待云端接收',
  readings: '{0} 条读数',
  nothing: '无',
  oldest: '最早等待',
  devices: '已连接设备',
  messages: '启动以来的消息',
  kept: '启动以来保存的读数',
  refused: '未能接收的读数',
  logins: '名称或密码错误',
  foreign: '越权主题的消息',
  cutOff: '被切断的连接',
  journal: '读数日志占用磁盘',
  losses: '读数日志损失',
  room: '{0}，上限 {1}',
  daysLeft: '断开云端还能保存',
  days: '{0} 天',
  daysUnknown: '有一分钟读数后可知',
  removed: '为腾出空间而精简',
  gone: '已不存在的读数',
  what: '说明',
  received: '接收时间',
  sequences: '序号',
  lost: '丢失：{0}',
  thinned: '已精简（{0}）',
  thinnedFor: '日志将满;磁盘将满;时间过久',
  quarantine: '隔离区',
  quarantineTotal: '共 {0} 条消息和数值',
  localRules: '就地判断',
  rulesOff: '无：标准无法使用',
  rulesBehind: '落后 {0} 条读数',
  rulesCalm: '无超限',
  rulesStanding: '{0} 项超限',
  ownAlarms: '自行上报',
  alarmsWaiting: '{0} 项待上传云端',
  alarmsTold: '{0} 项，均已上传云端',
  history: '本地历史',
  historyOff: '未启用',
  historyOk: '已写到最新',
  historyBehind: '落后 {0} 条读数',
  historyBad: '自 {1} 起无法写入（{2}）；{0} 条读数在读数日志中等待',
  version: '版本',
  asOf: '截至 {0}',
  credentials: '设备与网桥',
  noCredentials: '还没有设备凭据。',
  noCredentialsNext: '在本机创建：caretaker device add north-gate',
  anonymous: '本机设备无需凭据即可接入。',
  name: '名称',
  covers: '负责',
  state: '状态',
  lastUse: '最近连接',
  inForce: '有效',
  revoked: '已吊销',
  never: '创建后未连接',
  unknownUse: '未知',
  noQuarantine: '没有被隔离的内容，所有消息均可读取。',
  topic: '主题',
  reason: '原因',
  client: '来自',
  count: '次数',
  last: '最近',
  more: '其余 {0} 条请在云端查看。',
  signIn: '登录',
  signInWhat: '本页供网关的本地管理员使用，无需云端即可工作。',
  password: '密码',
  signOut: '退出登录',
  code: '一次性代码',
  codeTitle: '用一次性代码登录',
  codeWhat: '代码显示在启动网关的终端上。运行 caretaker edge-admin code 可生成新代码。',
  codeReady: '您打开的链接带有一次性代码，仅可使用一次。',
  byCode: '改用一次性代码登录',
  byPassword: '改用密码登录',
  noPassword: '尚未设置密码。设置之前，每次登录都需要新的代码。',
  setPassword: '设置密码',
  changePassword: '修改密码',
  oldPassword: '当前密码',
  newPassword: '新密码，至少 12 个字符',
  repeatPassword: '再次输入新密码',
  save: '保存',
  back: '返回状态页',
  missing: '没有这个页面',
  broken: '网关无法显示此页，原因见其运行日志。',
};

/** What a form says when it was refused, by the code of the refusal. */
const refusals = {
  en: {
    EDGE_SIGN_IN_REFUSED:
      'The password is not right. If it is lost, set a new one on the gateway: caretaker edge-admin password',
    EDGE_SIGN_IN_WAIT: 'There were too many attempts. The next one is taken in {0} s.',
    EDGE_SIGN_IN_BUSY: 'Too many people sign in at this moment. Try again in a few seconds.',
    EDGE_CODE_REFUSED:
      'The code is not right, too old, or was used already. A new one: caretaker edge-admin code',
    EDGE_PASSWORD_UNFIT:
      'This password cannot be used. It needs 12 characters or more and must not be easy to guess; take four or more words at random.',
    EDGE_PASSWORD_DIFFERS: 'The new password was not typed the same twice.',
  },
  zh: {
    EDGE_SIGN_IN_REFUSED: '密码不正确。如已遗失，请在网关上重新设置：caretaker edge-admin password',
    EDGE_SIGN_IN_WAIT: '尝试次数过多，请在 {0} 秒后再试。',
    EDGE_SIGN_IN_BUSY: '此刻登录人数过多，请几秒后再试。',
    EDGE_CODE_REFUSED: '代码不正确、已过期或已使用。生成新代码：caretaker edge-admin code',
    EDGE_PASSWORD_UNFIT: '此密码不可用：须至少 12 个字符且不易猜中，建议用四个以上随机词语。',
    EDGE_PASSWORD_DIFFERS: '两次输入的新密码不一致。',
  },
} as const satisfies Record<Language, Record<string, string>>;

export type Language = 'en' | 'zh';
export type RefusalCode = keyof (typeof refusals)['en'];

export const words: Readonly<Record<Language, Words>> = { en, zh };

export function refusalText(language: Language, code: RefusalCode, value = ''): string {
  return fill(refusals[language][code], value);
}

export function isRefusal(code: string): code is RefusalCode {
  return code in refusals.en;
}

export function fill(text: string, value: string): string {
  return text.replace('{0}', () => value);
}

/** The first language of the browser that we speak; English without. */
export function languageOf(accept: string | undefined): Language {
  const wanted = (accept ?? '')
    .split(',')
    .map((one) => {
      const [tag = '', ...rest] = one.trim().split(';');
      const quality = rest.map((part) => /^\s*q=([\d.]+)\s*$/.exec(part)?.[1]).find(Boolean);
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { tag } of wanted) {
    if (/^zh\b/.test(tag)) return 'zh';
    if (/^en\b/.test(tag)) return 'en';
  }
  return 'en';
}
