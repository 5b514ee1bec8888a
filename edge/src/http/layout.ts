import { html, type Markup } from './html.ts';
import type { Language } from './texts.ts';

interface Page {
  readonly language: Language;
  readonly title: string;
  /** Seconds after which the browser asks again. */
  readonly refresh?: number;
  readonly header: Markup;
  readonly main: Markup;
}

/** A whole page as text. */
export function pageOf({ language, title, refresh, header, main }: Page): string {
  const again =
    refresh === undefined ? null : html`<meta http-equiv="refresh" content="${refresh}">`;
  return html`<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${again}
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,">
</head>
<body>
<header>${header}</header>
<main>${main}</main>
</body>
</html>
`.html;
}
