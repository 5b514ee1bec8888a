import type { Estate } from '../model/index.ts';

/** What Zigbee2MQTT says about itself and its devices beside their values. */
const asides: ReadonlySet<string> = new Set(['availability', 'set', 'get']);

/** Whether a topic is beside the values of a Zigbee device. Its base is a setting: the first level of its mappings. */
export function zigbeeAside(estate: Estate): (topic: string) => boolean {
  const bases = new Set(['zigbee2mqtt']);
  for (const { format, topic } of estate.mappings) {
    if (format === 'zigbee2mqtt' && topic !== undefined) bases.add(topic.split('/', 1)[0] ?? '');
  }
  return (topic) => {
    const [base = '', second] = topic.split('/', 2);
    if (!bases.has(base)) return false;
    return second === 'bridge' || asides.has(topic.slice(topic.lastIndexOf('/') + 1));
  };
}
