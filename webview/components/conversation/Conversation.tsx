import { useMemo } from 'react';
import type { PanelState } from '../../../src/shared/runView.ts';
import { followsEnd } from '../../state/followsEnd.ts';
import type { PanelModel, Store } from '../../state/store.ts';
import { underWay } from '../../state/sentences.ts';
import { useDrawn } from '../../state/useDrawn.ts';
import { useFind } from '../../state/useFind.ts';
import { useFollowing } from '../../state/useFollowing.ts';
import { Elsewhere } from '../Elsewhere.tsx';
import { Icon } from '../Icon.tsx';
import { Interrupted } from '../Interrupted.tsx';
import { LongTexts } from '../LongText.tsx';
import { ModelWait } from '../ModelWait.tsx';
import { PlanList } from '../PlanList.tsx';
import { ReviewBlock } from '../review/ReviewBlock.tsx';
import { RunStateLine } from '../RunStateLine.tsx';
import { Earlier } from './Earlier.tsx';
import { EarlierEntries } from './EarlierEntries.tsx';
import { Find } from './Find.tsx';
import { ForkProvider } from './ForkButton.tsx';
import { Transcript } from './Transcript.tsx';
import { Welcome } from './Welcome.tsx';

interface ConversationProps {
  readonly panel: PanelState;
  readonly model: PanelModel;
  readonly store: Store;
}

/** The one part of the panel that scrolls: what was said and done, how the run stands, and where to begin without one. */
export function Conversation({ panel, model, store }: ConversationProps) {
  const long = useMemo(() => ({ texts: model.texts, read: store.readText }), [model.texts, store]);
  const { run } = panel;
  const entries = run?.entries ?? [];
  const before = run?.entriesBefore ?? 0;
  const { box, below, onScroll, toEnd } = useFollowing({
    count: before + entries.length,
    jumps: followsEnd(entries),
    shown: model.shown,
  });
  const drawn = useDrawn({ run: run?.id, entries, shown: model.shown, box });
  const { asked, close } = useFind();
  return (
    <div className="conversation-area">
      {asked > 0 && run !== undefined && (
        <Find box={box} asked={asked} earlier={entries.slice(0, drawn.left)} drawFrom={drawn.from} onClose={close} />
      )}
      <section
        ref={box}
        className="conversation"
        aria-label="Conversation"
        tabIndex={0}
        data-testid="transcript"
        onScroll={onScroll}
      >
        {run === undefined && <Welcome panel={panel} store={store} />}
        {run === undefined && panel.folder !== undefined && <Earlier runs={panel.earlier ?? []} post={store.post} />}
        <EarlierEntries left={drawn.left} before={before} more={drawn.more} />
        <LongTexts value={long}>
          <ForkProvider value={underWay(run) ? undefined : store.beginFork}>
            <Transcript entries={drawn.entries} before={before + drawn.left} />
          </ForkProvider>
        </LongTexts>
        {run !== undefined && (
          <>
            {run.plan !== undefined && <PlanList plan={run.plan} />}
            <ModelWait run={run} />
            <RunStateLine run={run} post={store.post} />
            {panel.review !== undefined && (
              <ReviewBlock key={panel.review.run} review={panel.review} way={run.way} post={store.post} />
            )}
          </>
        )}
        <Elsewhere runs={panel.elsewhere} destination={panel.model.destination} post={store.post} />
        <Interrupted runs={panel.interrupted} destination={panel.model.destination} post={store.post} />
      </section>
      {below > 0 && (
        <button type="button" className="below" data-testid="to-end" onClick={toEnd}>
          <Icon name="arrow-down" /> {below} new below
        </button>
      )}
    </div>
  );
}
