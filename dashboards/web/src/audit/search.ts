/** What the address of the audit log says. */
export interface AuditSearch {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly object?: string | undefined;
  /** Days as `2026-11-28`; the last one is still in it. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const isDay = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the filters from an address that anybody may have written. */
export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const text = (value: unknown) =>
    typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  const day = (value: unknown) => {
    const given = text(value);
    return given !== undefined && isDay.test(given) && !Number.isNaN(Date.parse(given))
      ? given
      : undefined;
  };
  return {
    actor: text(search.actor),
    action: text(search.action),
    object: text(search.object),
    from: day(search.from),
    to: day(search.to),
  };
}

const day = 24 * 3_600_000;

/** What the clock on the wall shows at an instant, as if it were UTC. */
function wallAt(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const p = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
  return Date.parse(`${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}:${p.second}Z`);
}

/**
 * The instant at which a day begins in a zone; `Temporal` would say it, but not every browser has it.
 * @param later days after it
 */
export function dayStart(name: string, zone: string, later = 0): number {
  const wanted = Date.parse(name) + later * day;
  // The second look counts where the clock changes between the guess and the midnight.
  const guess = wanted - (wallAt(wanted, zone) - wanted);
  return wanted - (wallAt(guess, zone) - guess);
}
