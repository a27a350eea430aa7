import type { AuditRecord, RunSummary } from '../../shared/auditEvent.ts';
import { escaped } from '../../shared/escaped.ts';
import { durationWords } from '../../shared/outcomeWords.ts';
import { facts } from './report.ts';
import { turnsOf, type ActionNode } from './tree.ts';

/**
 * A run as one HTML page that needs nothing else and runs nothing: every text of the log is escaped, and the page
 * forbids scripts and loading of its own accord (Content Security Policy).
 */
export function runPage(run: RunSummary, events: readonly AuditRecord[]): string {
  const { title, lines, notes } = facts(run, events);
  const turns = turnsOf(events).map(
    ({ turn, actions }) => `<h2>Turn ${turn}</h2>\n<ol>\n${actions.map(actionItem).join('\n')}\n</ol>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<dl>
${lines.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('\n')}
</dl>
${notes.map((note) => `<p>${escaped(note)}</p>`).join('\n')}
${turns.join('\n')}
</body>
</html>
`;
}

function actionItem(action: ActionNode): string {
  const output = action.events.findLast((event) => event.type === 'finished')?.payload?.['output'];
  const words = `${action.outside ? 'OUTSIDE THE SANDBOX, ' : ''}${action.outcome}, ${action.decidedBy}${action.durationMs === undefined ? '' : `, ${durationWords(action.durationMs)}`}${action.said === undefined ? '' : `: “${action.said}”`}`;
  return `<li class="${action.outcome}"><strong>${escaped(action.title)}</strong><br><small>${escaped(words)}</small>${action.ran === undefined ? '' : `<pre>${escaped(action.ran)}</pre>`}${askedFor(action)}${
    typeof output === 'string' && output !== ''
      ? `<details><summary>Output</summary><pre>${escaped(output)}</pre></details>`
      : ''
  }</li>`;
}

/** What the agent had, where a person has changed it. */
function askedFor({ editedFrom = [] }: ActionNode): string {
  return editedFrom
    .map(({ name, from }) => `<p>What the agent had asked for (${escaped(name)}):</p><pre>${escaped(from)}</pre>`)
    .join('');
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
li { margin: .6rem 0; padding-left: .5rem; border-left: 4px solid #2da44e; overflow-wrap: anywhere; }
li.denied, li.failed { border-color: #cf222e; }
li.cancelled, li.unanswered, li.reverted, li.interrupted, li.unknown, li.open { border-color: #bf8700; }
pre, strong, h1, dd { direction: ltr; unicode-bidi: bidi-override; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .6rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
`;
