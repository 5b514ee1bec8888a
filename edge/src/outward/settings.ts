import type { Fault } from '@caretaker/readings/base';
import { eventsRoot, prefixOf } from '../access/index.ts';
import type { OutwardConfig } from './outward.ts';

const defaultPrefix = 'homeassistant';

/**
 * Reads `CARETAKER_EVENTS`, `CARETAKER_HOMEASSISTANT` and `CARETAKER_HOMEASSISTANT_LANGUAGE`.
 * @returns null when nothing is to be published
 */
export function outwardOf(
  get: (name: string) => string | undefined,
  faults: Fault[],
): OutwardConfig | null {
  const events = get('CARETAKER_EVENTS') ?? '1';
  if (events !== '0' && events !== '1') {
    const message = `"${events}" is neither 0 nor 1`;
    faults.push({ code: 'EDGE_SWITCH_INVALID', message, where: 'CARETAKER_EVENTS' });
  }
  const prefix = discoveryOf(get('CARETAKER_HOMEASSISTANT') ?? '0', faults);
  const language = languageOf(get('CARETAKER_HOMEASSISTANT_LANGUAGE') ?? 'en', faults);
  if (events !== '0') return { discovery: prefix === null ? null : { prefix, language } };
  if (prefix !== null) {
    faults.push({
      code: 'EDGE_HOMEASSISTANT_INVALID',
      message: 'Home Assistant reads the events that CARETAKER_EVENTS=0 switches off',
      next: 'leave one of the two out',
      where: 'CARETAKER_HOMEASSISTANT',
    });
  }
  return null;
}

function discoveryOf(text: string, faults: Fault[]): string | null {
  if (text === '0') return null;
  if (text === '1') return defaultPrefix;
  // What a bridge could own, but that anything may listen to events.
  if (prefixOf(text) === text && text !== eventsRoot && text.length <= 100) return text;
  faults.push({
    code: 'EDGE_HOMEASSISTANT_INVALID',
    message: `"${text.slice(0, 64)}" is no prefix of discovery topics`,
    next: 'give 0, 1, or the prefix that is set in Home Assistant',
    where: 'CARETAKER_HOMEASSISTANT',
  });
  return null;
}

function languageOf(text: string, faults: Fault[]): 'en' | 'zh' {
  if (text === 'en' || text === 'zh') return text;
  faults.push({
    code: 'EDGE_HOMEASSISTANT_INVALID',
    message: `"${text.slice(0, 64)}" is neither en nor zh`,
    where: 'CARETAKER_HOMEASSISTANT_LANGUAGE',
  });
  return 'en';
}
