import { useMemo, useSyncExternalStore } from 'react';
import { visibleLine } from '../src/shared/visible.ts';
import { ApprovalCard } from './components/ApprovalCard.tsx';
import { Elsewhere } from './components/Elsewhere.tsx';
import { Folders } from './components/Folders.tsx';
import { Grants } from './components/Grants.tsx';
import { Header } from './components/Header.tsx';
import { Interrupted } from './components/Interrupted.tsx';
import { Line } from './components/Line.tsx';
import { LongTexts } from './components/LongText.tsx';
import { RunFlags } from './components/RunFlags.tsx';
import { RunStateLine } from './components/RunStateLine.tsx';
import { TaskBox } from './components/TaskBox.tsx';
import { Transcript } from './components/Transcript.tsx';
import { questionKey } from './state/store.ts';
import type { Store } from './state/store.ts';
import type { Approval } from '../src/shared/approval.ts';

export function App({ store }: { readonly store: Store }) {
  const model = useSyncExternalStore(store.subscribe, store.model);
  const { panel } = model;
  const long = useMemo(() => ({ texts: model.texts, read: store.readText }), [model.texts, store]);
  const approvals = panel?.approvals ?? [];
  const interrupted = panel?.interrupted ?? [];
  return (
    <main className={approvals.length > 0 ? 'panel asking' : 'panel'}>
      {panel !== undefined && <Header panel={panel} post={store.post} />}
      {panel !== undefined && <Folders panel={panel} post={store.post} />}
      {model.misunderstood && (
        <div role="alert" className="stale">
          <Line icon="error" tone="error">
            This panel cannot read what the extension says, and may show an old state. Reload the window.
          </Line>
        </div>
      )}
      {/* Always on the page, so that screen readers notice when its text changes. */}
      <div className="unseen" aria-live="polite">
        {announcement(approvals)}
      </div>
      {(approvals.length > 0 || interrupted.length > 0 || panel?.elsewhere !== undefined) && (
        // A place of its own, so that a growing transcript never moves a question.
        <div className="attention" tabIndex={0} role="region" aria-label="Waiting for you">
          {approvals.map((approval, index) => (
            <ApprovalCard
              key={questionKey(approval)}
              approval={approval}
              above={approvals.slice(0, index).map(questionKey).join('\n')}
              answered={model.answered.has(questionKey(approval))}
              reason={model.reasons.get(approval.id) ?? ''}
              store={store}
            />
          ))}
          <Elsewhere runs={panel?.elsewhere} destination={panel?.model.destination ?? ''} post={store.post} />
          <Interrupted runs={interrupted} destination={panel?.model.destination ?? ''} post={store.post} />
        </div>
      )}
      <LongTexts value={long}>
        <Transcript
          entries={panel?.run?.entries ?? []}
          before={panel?.run?.entriesBefore ?? 0}
          sandbox={panel?.sandbox.state ?? 'unknown'}
          shown={model.shown}
        />
      </LongTexts>
      {panel?.run !== undefined && (
        <>
          <RunStateLine run={panel.run} current={panel.model.label} />
          <RunFlags flags={panel.run.flags} />
          <Grants key={panel.run.id} grants={panel.run.grants} post={store.post} />
        </>
      )}
      {panel !== undefined && <TaskBox model={model} panel={panel} store={store} />}
    </main>
  );
}

function announcement(approvals: readonly Approval[]): string {
  return approvals.map((approval) => `Approval needed: ${visibleLine(approval.title)}.`).join(' ');
}
