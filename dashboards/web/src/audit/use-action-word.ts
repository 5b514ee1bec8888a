import { useTranslation } from 'react-i18next';

/** Says what was done in words; an action without words keeps its code. */
export function useActionWord(): (action: string) => string {
  const { t, i18n } = useTranslation('audit');
  return (action) => {
    const key = `audit:action.${action.replaceAll('.', '_')}`;
    return i18n.exists(key) ? t(key as never) : action;
  };
}
