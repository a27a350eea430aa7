// First, because zod looks at this setting while the shared schemas are made.
import './state/noEval.ts';
import '@vscode/codicons/dist/codicon.css';
import './panel.css';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { acquireVsCodeApi } from './state/host.ts';
import { createStore } from './state/store.ts';

const store = createStore(acquireVsCodeApi());

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  // The extension's messages come through VS Code's own frame, which shares this page's origin.
  if (event.origin === window.origin) store.receive(event.data);
});

const root = document.getElementById('root') ?? document.body.appendChild(document.createElement('div'));
createRoot(root).render(<App store={store} />);
store.post({ type: 'ready' });
