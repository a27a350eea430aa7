// First, because zod looks at this setting while the shared schemas are made.
import './state/noEval.ts';
import '@vscode/codicons/dist/codicon.css';
// In this order: where two of them speak of one element, the later one counts.
import './styles/base.css';
import './styles/layout.css';
import './styles/header.css';
import './styles/words.css';
import './styles/controls.css';
import './styles/cards.css';
import './styles/blocks.css';
import './styles/answers.css';
import './styles/transcript.css';
import './styles/review.css';
import './styles/composer.css';
import './styles/worksIn.css';
import './markdown/markdown.css';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { WordsHost } from './markdown/WordsHost.ts';
import { acquireVsCodeApi } from './state/host.ts';
import { createStore } from './state/store.ts';

const store = createStore(acquireVsCodeApi());

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  // The extension's messages come through VS Code's own frame, which shares this page's origin.
  if (event.origin === window.origin) store.receive(event.data);
});

const root = document.getElementById('root') ?? document.body.appendChild(document.createElement('div'));
createRoot(root).render(
  <WordsHost value={store}>
    <App store={store} />
  </WordsHost>,
);
store.post({ type: 'ready' });
