/** How messages are opened: families of devices, and our own two for everything else. */
export const formats = [
  'zigbee2mqtt',
  'chirpstack',
  'ttn',
  'shelly',
  'tasmota',
  'sparkplug',
  'json',
  'bare',
] as const;

export type Format = (typeof formats)[number];

/** Formats whose mappings may listen to a topic; all others name their device. */
export const topicFormats: ReadonlySet<Format> = new Set(['zigbee2mqtt', 'json', 'bare']);

const eui = /^([0-9a-f]{2}[-:]?){7}[0-9a-f]{2}$/i;

/** The name of a device as its family says it: an EUI however somebody wrote it, anything else to the letter. */
export function deviceName(format: Format, device: string): string {
  const network = format === 'chirpstack' || format === 'ttn';
  return network && eui.test(device) ? device.replaceAll(/[-:]/g, '').toLowerCase() : device;
}
