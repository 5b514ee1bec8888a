import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { type Language, languageOf } from '../format/language.ts';
import { remember, remembered } from '../shell/remember.ts';

const files = import.meta.glob<{ default: Record<string, unknown> }>('./locales/*/*.json');
const folders: Record<Language, string> = { en: 'en', 'zh-CN': 'zh' };

/** One lazily loaded file a language and area. */
const backend: BackendModule = {
  type: 'backend',
  init() {},
  read(language, area, done) {
    const load = files[`./locales/${folders[languageOf(language)]}/${area}.json`];
    if (load === undefined) return done(new Error(`no texts for ${area}`), false);
    load().then(
      (module) => done(null, module.default),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), false),
    );
  },
};

function preferred(): Language {
  return languageOf(remembered('language') ?? navigator.language);
}

/** Loads the texts that every page needs, in the language remembered or that of the browser. */
export async function startTexts(): Promise<void> {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferred(),
      supportedLngs: ['en', 'zh-CN'],
      load: 'currentOnly',
      fallbackLng: false,
      // What tells people why they may not do something comes at any moment; waiting for it would blank the page.
      ns: ['words', 'shell', 'access'],
      defaultNS: 'shell',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
}

export async function changeLanguage(language: Language): Promise<void> {
  remember('language', language);
  await i18next.changeLanguage(language);
}
