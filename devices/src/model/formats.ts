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

/** The name of a device as it is compared: an EUI however it is written, anything else to the letter. */
export function deviceKey(format: Format, device: string): string {
  const name =
    (format === 'chirpstack' || format === 'ttn') && eui.test(device)
      ? device.replaceAll(/[-:]/g, '').toLowerCase()
      : device;
  return `${format}\n${name}`;
}
