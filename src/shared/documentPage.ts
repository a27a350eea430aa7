import { elementsOf } from './documentElements.ts';
import { escaped } from './escaped.ts';

export interface DocumentPage {
  title: string;
  /** Markdown of Oversign's own. */
  text: string;
  /** What can be done with it, above it. */
  actions: readonly { title: string; href: string }[];
  /** Where a link of the text leads; undefined where it is none. */
  href: (target: string) => string | undefined;
}

/**
 * One of Oversign's own documents as a page of the editor: it looks as the theme does, runs nothing, loads nothing, and
 * has no element but those that its Markdown stands for.
 */
export function documentPage({ title, text, actions, href }: DocumentPage): string {
  const buttons = actions.map((one) => `<a class="action" href="${escaped(one.href)}">${escaped(one.title)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${buttons.length === 0 ? '' : `<p class="actions">${buttons.join('\n')}</p>\n`}${elementsOf(text, href)}
</main>
</body>
</html>
`;
}

const STYLE = `
body { font: 14px/1.6 var(--vscode-font-family); color: var(--vscode-editor-foreground); padding: 0 1.5rem 3rem; }
main { max-width: 54rem; }
h1 { font-size: 1.6rem; font-weight: 500; line-height: 1.3; margin: 1.2rem 0 .8rem; }
h2 { font-size: 1.15rem; font-weight: 600; margin: 1.8rem 0 .5rem; padding-top: .8rem; border-top: 1px solid var(--vscode-editorWidget-border, transparent); }
h3 { font-size: 1rem; font-weight: 600; margin: 1.2rem 0 .3rem; }
p, ul { margin: .4rem 0; }
ul { padding-left: 1.3rem; }
li { margin: .15rem 0; }
h1, h2, h3, p, li { overflow-wrap: anywhere; }
code, pre { font-family: var(--vscode-editor-font-family, monospace); font-size: .92em; direction: ltr; unicode-bidi: isolate; }
code { background: var(--vscode-textCodeBlock-background); border-radius: 3px; padding: .05em .35em; }
h1 code { background: none; padding: 0; font-size: 1em; font-family: inherit; }
pre { background: var(--vscode-textCodeBlock-background); border-radius: 4px; padding: .6rem .8rem; overflow-x: auto; line-height: 1.45; }
a { color: var(--vscode-textLink-foreground); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
a code { color: inherit; }
.actions { margin: .8rem 0 0; }
.action { display: inline-block; padding: .2rem .8rem; border-radius: 3px; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, var(--vscode-widget-border, transparent))); }
.action:hover { background: var(--vscode-button-secondaryHoverBackground); text-decoration: none; }
a:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
`;
