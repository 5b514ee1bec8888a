/** The languages of the product, as written in `lang` attributes. */
export type Language = 'en' | 'zh-CN';

export function languageOf(tag: string): Language {
  return tag.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** Picks the text of a language. */
export function pick(
  text: { readonly en: string; readonly zh: string },
  language: Language,
): string {
  return language === 'zh-CN' ? text.zh : text.en;
}
