import { html, type Markup } from './html.ts';
import { pageOf } from './layout.ts';
import { fill, type Language, words } from './texts.ts';

/** What every page of a form needs to know. */
export interface FormPage {
  readonly language: Language;
  readonly gateway: string;
  /** Why what was sent is not taken; null before. */
  readonly refusal: string | null;
}

export function signInPage(page: FormPage): string {
  const w = words[page.language];
  return form(page, w.signIn, {
    action: '/sign-in',
    what: w.signInWhat,
    fields: field('password', w.password, 'current-password', 'password'),
    button: w.signIn,
    other: html`<p><a href="/code">${w.byCode}</a></p>`,
  });
}

/** @param code from the link that was opened; empty when it is to be typed. */
export function codePage(page: FormPage, code: string): string {
  const w = words[page.language];
  const ready = code !== '' && page.refusal === null;
  return form(page, w.codeTitle, {
    action: '/code',
    what: ready ? w.codeReady : w.codeWhat,
    fields: ready
      ? html`<input type="hidden" name="code" value="${code}">`
      : field('code', w.code, 'one-time-code', 'text'),
    button: w.signIn,
    other: html`<p><a href="/sign-in">${w.byPassword}</a></p>`,
  });
}

/** @param asksOld whether the present password is asked for. */
export function passwordPage(page: FormPage, asksOld: boolean): string {
  const w = words[page.language];
  return form(page, asksOld ? w.changePassword : w.setPassword, {
    action: '/password',
    what: null,
    fields: html`${asksOld ? field('old', w.oldPassword, 'current-password', 'password') : null}
${field('wanted', w.newPassword, 'new-password', 'password')}
${field('repeated', w.repeatPassword, 'new-password', 'password')}`,
    button: w.save,
    other: html`<p><a href="/">${w.back}</a></p>`,
  });
}

/** A page that only says something. */
export function plainPage({ language, gateway }: FormPage, text: string): string {
  const w = words[language];
  return pageOf({
    language,
    title: text,
    header: html`<h1>${fill(w.title, gateway)}</h1>`,
    main: html`<section><p>${text}</p><p><a href="/">${w.back}</a></p></section>`,
  });
}

interface Form {
  readonly action: string;
  readonly what: string | null;
  readonly fields: Markup;
  readonly button: string;
  readonly other: Markup;
}

function form({ language, gateway, refusal }: FormPage, title: string, parts: Form): string {
  const heading = fill(words[language].title, gateway);
  return pageOf({
    language,
    title: `${title} · ${heading}`,
    header: html`<h1>${heading}</h1>`,
    main: html`<section><h2>${title}</h2>
${parts.what === null ? null : html`<p>${parts.what}</p>`}
${refusal === null ? null : html`<section class="state bad" role="alert"><p>${refusal}</p></section>`}
<form class="sheet" method="post" action="${parts.action}">
${parts.fields}
<p><button type="submit">${parts.button}</button></p>
</form>
${parts.other}</section>`,
  });
}

function field(name: string, label: string, complete: string, type: string): Markup {
  return html`<label>${label}
<input name="${name}" type="${type}" autocomplete="${complete}" required maxlength="1024" autocapitalize="none"></label>`;
}
