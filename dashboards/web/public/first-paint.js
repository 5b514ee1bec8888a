// Before the first paint: the theme and language a person chose, so that neither flashes. Kept as a file
// because the content security policy allows no inline script.
(() => {
  const root = document.documentElement;
  let theme = null;
  let language = null;
  try {
    theme = localStorage.getItem('caretaker.theme');
    language = localStorage.getItem('caretaker.language');
  } catch {
    // Storage may be switched off; the system's choice then holds.
  }
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.mantineColorScheme =
    theme === 'light' || theme === 'dark' ? theme : dark ? 'dark' : 'light';
  const chinese = (language ?? navigator.language).toLowerCase().startsWith('zh');
  root.lang = chinese ? 'zh-CN' : 'en';
})();
