import { useEffect, useState } from 'react';
import type { RunView } from '../../src/shared/runView.ts';
import { exact } from '../../src/shared/visible.ts';
import { isAtModel, waitWords } from '../state/modelWait.ts';

interface ModelWaitProps {
  readonly run: RunView;
}

/** A line while the model is waited for, with how long. A new turn, and whatever comes, begins anew. */
export function ModelWait({ run }: ModelWaitProps) {
  if (!isAtModel(run)) return null;
  return <Waited key={`${run.turn} ${run.entriesBefore + run.entries.length}`} run={run} />;
}

function Waited({ run }: ModelWaitProps) {
  const [began] = useState(() => Date.now());
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      setSeconds(Math.floor((Date.now() - began) / 1000));
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [began]);
  const words = waitWords(seconds, run);
  // Not for screen readers: it would be read out each second.
  return words === undefined ? null : (
    <p className="quiet" aria-hidden data-testid="model-wait">
      {exact(words)}
    </p>
  );
}
