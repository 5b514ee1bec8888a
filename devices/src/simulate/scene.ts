import { getPosition } from 'suncalc';
import type { Estate } from '../model/index.ts';

/** What happens around all devices of an estate: the time of day and the sun. Pure functions of time. */
export interface Scene {
  /** Hours since local midnight, 0 ≤ h < 24; a repeated hour is there twice. */
  hourOfDay(time: number): number;
  /** Local calendar days since 1970-01-01. */
  day(time: number): number;
  /** The instant of a local day and its minute; a minute that does not exist falls behind the gap. */
  instant(day: number, minute: number): number;
  /** Light from the sky in the open, lx. */
  daylight(time: number): number;
  /** Degrees above the horizon. */
  sunAltitude(time: number): number;
  /** Air temperature outdoors, °C. */
  air(time: number): number;
}

const dayLength = 86_400_000;

export function createScene(estate: Estate): Scene {
  const { zone, location } = estate;
  const local = (time: number) =>
    Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);

  function hourOfDay(time: number): number {
    const at = local(time);
    return at.hour + at.minute / 60 + at.second / 3_600;
  }

  function sunAltitude(time: number): number {
    return getPosition(new Date(time), location.latitude, location.longitude).altitude;
  }

  return {
    hourOfDay,
    sunAltitude,
    day: (time) => Math.floor((time + local(time).offsetNanoseconds / 1e6) / dayLength),
    instant(day, minute) {
      const date = Temporal.Instant.fromEpochMilliseconds(day * dayLength)
        .toZonedDateTimeISO('UTC')
        .toPlainDateTime();
      return date.add({ minutes: minute }).toZonedDateTime(zone).epochMilliseconds;
    },
    daylight(time) {
      const altitude = sunAltitude(time);
      // Twilight falls about by half every degree: 400 lx on the horizon, 3 lx at −6°.
      if (altitude <= 0) return 400 * Math.exp(0.8 * altitude);
      return 400 + 110_000 * Math.sin((altitude * Math.PI) / 180) ** 1.1;
    },
    air(time) {
      const season = Math.cos(((time / dayLength - 200) / 365.25) * 2 * Math.PI);
      const warmest = Math.cos(((hourOfDay(time) - 15) / 24) * 2 * Math.PI);
      return 17 + 11 * season + 4 * warmest;
    },
  };
}
