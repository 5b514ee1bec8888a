import { formatAge } from '../format/duration.ts';
import { formatExact } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';

/** How long ago, renewed by itself; the exact time as its title. */
export function Age({ at }: { readonly at: number }) {
  const language = useLanguage();
  const zone = useZone();
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatExact(at, zone, language)}>
      {formatAge(now - at, language)}
    </time>
  );
}
