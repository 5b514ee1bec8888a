import { useMay } from '../session/use-session.ts';
import { type Place, places } from './places.ts';

/** The menu entries that this person may open. */
export function usePlaces(): readonly Place[] {
  const may = {
    'device.look': useMay('device.look'),
    'people.manage': useMay('people.manage'),
    'audit.read': useMay('audit.read'),
  };
  return places.filter((place) => !('needs' in place) || may[place.needs]);
}
