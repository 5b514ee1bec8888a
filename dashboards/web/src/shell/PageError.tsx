import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Empty } from '../ui/Empty.tsx';

/** A page that failed to draw, or whose files are gone because a new version was installed. */
export function PageError({ error }: ErrorComponentProps) {
  const { t } = useTranslation('shell');
  return (
    <Empty title={t('error.page')} why={error instanceof Error ? error.message : String(error)}>
      <Button onClick={() => window.location.reload()}>{t('error.reload')}</Button>
    </Empty>
  );
}
