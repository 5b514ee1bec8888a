import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../ui/Empty.tsx';

export function NotFound() {
  const { t } = useTranslation('shell');
  return (
    <Empty title={t('error.notFound')}>
      <Link to="/">{t('error.home')}</Link>
    </Empty>
  );
}
