import type { Point } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';

/** Nothing was ever read here: says which topic would change that. */
export function NoReadingYet({ point }: { readonly point: Point }) {
  const { t } = useTranslation('asset');
  const asset = point.asset.split('/').at(-1);
  return (
    <p className="muted">
      {t('noReadingYet')} {t('publishTo')} <code>{`caretaker/${asset}/${point.metric}`}</code>
    </p>
  );
}
