import { formatExact, formatInstant } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';

/** A point in time in the zone of the estate; to the second as its title. */
export function When({ at }: { readonly at: number }) {
  const language = useLanguage();
  const zone = useZone();
  const now = useNow(3_600_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={formatExact(at, zone, language)}>
      {formatInstant(at, zone, language, now)}
    </time>
  );
}
