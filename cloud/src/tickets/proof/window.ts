/** Readings within this of an onset or a fix are kept with the ticket, milliseconds. */
export const around = 30 * 60_000;
