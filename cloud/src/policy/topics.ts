/** Who may say or hear a topic between gateways and cloud: the gateway that it names, the cloud, or nobody. */
export interface TopicRule {
  readonly says: 'gateway' | 'cloud';
  readonly hears: 'gateway' | 'cloud';
  /** Whether a gateway may leave its will on it. */
  readonly will: boolean;
}

/**
 * The topics of the uplink, by what follows `ctk/1/<gateway>/`: the one place where it is said who may what. No person
 * and no token for programs has any business there, and no topic is here that is not named.
 */
export const topicRules = {
  frames: { says: 'gateway', hears: 'cloud', will: false },
  status: { says: 'gateway', hears: 'cloud', will: true },
  acks: { says: 'cloud', hears: 'gateway', will: false },
  config: { says: 'cloud', hears: 'gateway', will: false },
} as const satisfies Readonly<Record<string, TopicRule>>;

export type Channel = keyof typeof topicRules;

const form = /^ctk\/1\/([a-z0-9][a-z0-9_-]{0,62})\/([a-z]+)$/;

/** The gateway and channel that a topic names; null for any other topic, and for filters of many. */
export function parseTopic(
  topic: string,
): { readonly gateway: string; readonly channel: Channel } | null {
  const [, gateway = '', channel = ''] = form.exec(topic) ?? [];
  return isChannel(channel) ? { gateway, channel } : null;
}

export function maySay(gateway: string, topic: string): boolean {
  return ownRule(gateway, topic)?.says === 'gateway';
}

export function mayHear(gateway: string, topic: string): boolean {
  return ownRule(gateway, topic)?.hears === 'gateway';
}

export function mayLeaveWill(gateway: string, topic: string): boolean {
  return ownRule(gateway, topic)?.will === true;
}

function ownRule(gateway: string, topic: string): TopicRule | null {
  const named = parseTopic(topic);
  return named?.gateway === gateway ? topicRules[named.channel] : null;
}

function isChannel(text: string): text is Channel {
  return Object.hasOwn(topicRules, text);
}
