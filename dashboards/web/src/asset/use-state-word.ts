import { useTranslation } from 'react-i18next';
import words from '../i18n/locales/en/words.json';

type Known = keyof typeof words.value;

/** The word for a state in the language in use; a state without one is printed as it came. */
export function useStateWord(): (state: string) => string {
  const { t } = useTranslation('words');
  return (state) => (state in words.value ? t(`value.${state as Known}`) : state);
}
