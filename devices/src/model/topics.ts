import { z } from 'zod';

/** Of the longest and deepest topic that an estate may name. */
export const topicLimits = { characters: 256, levels: 16 } as const;

interface TopicUse {
  /** First levels that it may not have, beside those of the broker. */
  readonly reserved: readonly string[];
  /** What is said of one that has. */
  readonly refusal: (first: string) => string;
  /** What is wrong with its wildcards, if anything is. */
  readonly wildcards: (levels: readonly string[]) => string | undefined;
}

function topicOf(use: TopicUse) {
  return z.string().superRefine((value, context) => {
    const message = topicFault(value, use);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

function topicFault(topic: string, { reserved, refusal, wildcards }: TopicUse): string | undefined {
  const levels = topic.split('/');
  const [first = ''] = levels;
  if (topic.length > topicLimits.characters || levels.length > topicLimits.levels) {
    return `a topic has at most ${topicLimits.characters} characters and ${topicLimits.levels} levels`;
  }
  if (first === '' || topic.includes('\0')) return 'a topic may not be empty';
  if (first.startsWith('$') || reserved.includes(first)) return refusal(first);
  return wildcards(levels);
}

/** What a mapping listens to. */
export const heardTopic = topicOf({
  reserved: ['caretaker', 'ctk'],
  refusal: (first) => `topics under ${first}/ need no mapping and take none`,
  // [MQTT-4.7.1-2], [MQTT-4.7.1-3]: # is the whole last level, + a whole level.
  wildcards: (levels) =>
    levels.some(
      (l, i) =>
        (l.includes('#') && (l !== '#' || i < levels.length - 1)) || (l.includes('+') && l !== '+'),
    )
      ? '# may only be the last level and + only a whole level'
      : undefined,
});

/** What an action publishes on. */
export const saidTopic = topicOf({
  // Devices speak there, and we do: what a gateway said there would be taken for a reading, or for its own word.
  reserved: ['caretaker', 'ctk', 'ctk-events'],
  refusal: (first) => `nothing is done under ${first}/`,
  wildcards: (levels) =>
    levels.some((level) => /[+#]/.test(level))
      ? 'a topic to publish on has no wildcards'
      : undefined,
});
