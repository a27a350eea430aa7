import { useSyncExternalStore } from 'react';
import type { PanelState } from '../src/shared/runView.ts';
import { visibleLine } from '../src/shared/visible.ts';
import { waitingIn } from '../src/shared/waiting.ts';
import { Composer } from './components/Composer.tsx';
import { Conversation } from './components/conversation/Conversation.tsx';
import { Dock } from './components/dock/Dock.tsx';
import { Folders } from './components/Folders.tsx';
import { Chips } from './components/header/Chips.tsx';
import { Line } from './components/Line.tsx';
import { WorksIn } from './components/WorksIn.tsx';
import type { Store } from './state/store.ts';

/** From top to bottom: how things stand, what was said and done, what waits for an answer, and where to type. */
export function App({ store }: { readonly store: Store }) {
  const model = useSyncExternalStore(store.subscribe, store.model);
  const { panel } = model;
  if (panel === undefined) return <main className="panel">{model.misunderstood && <Stale />}</main>;
  return (
    <main className={waitingIn(panel) > 0 ? 'panel asking' : 'panel'}>
      <h1 className="unseen">Oversign</h1>
      <Chips panel={panel} post={store.post} />
      <Folders panel={panel} post={store.post} />
      <WorksIn panel={panel} post={store.post} />
      {model.misunderstood && <Stale />}
      {/* Always on the page, so that screen readers notice when its text changes. */}
      <div className="unseen" aria-live="polite">
        {announcement(panel)}
      </div>
      <Conversation panel={panel} model={model} store={store} />
      <Dock panel={panel} model={model} store={store} />
      <Composer panel={panel} model={model} store={store} />
    </main>
  );
}

function Stale() {
  return (
    <div role="alert" className="stale">
      <Line icon="error" tone="error">
        This panel cannot read what the extension says, and may show an old state. Reload the window.
      </Line>
    </div>
  );
}

function announcement({ approvals, questions = [], limit }: PanelState): string {
  return [
    ...approvals.map((approval) => `Approval needed: ${visibleLine(approval.title)}.`),
    ...(questions.length > 0 ? ['The agent asks you something.'] : []),
    ...(limit === undefined ? [] : [`The run is at a limit. ${visibleLine(limit.words)}`]),
  ].join(' ');
}
