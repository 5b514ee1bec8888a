import { useTranslation } from 'react-i18next';
import { type Language, languageOf, pick } from '../format/language.ts';

/** The language in use. */
export function useLanguage(): Language {
  const { i18n } = useTranslation('shell');
  return languageOf(i18n.language);
}

/** Picks a text of the service in the language in use. */
export function usePick(): (text: { readonly en: string; readonly zh: string }) => string {
  const language = useLanguage();
  return (text) => pick(text, language);
}
