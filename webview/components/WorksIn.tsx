import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { exact } from '../../src/shared/visible.ts';
import { worksInTitle, worksInWords } from '../state/worksIn.ts';
import { Line } from './Line.tsx';
import { LinkButton } from './LinkButton.tsx';

interface WorksInProps {
  readonly panel: Pick<PanelState, 'workplace' | 'run'>;
  readonly post: (message: FromPanel) => void;
}

/** In which folders a run works, before it begins, while it is at work and afterwards; which others are open. */
export function WorksIn({ panel: { workplace, run }, post }: WorksInProps) {
  if (workplace === undefined) return null;
  const isChoice = workplace.folders.length + workplace.others.length > 1;
  return (
    <div className="works-in">
      <Line icon="root-folder" testId="works-in">
        <span className="quiet" title={exact(worksInTitle(workplace))}>
          {exact(worksInWords(workplace, run?.state))}
        </span>{' '}
        {isChoice && (
          <LinkButton
            words="Choose folders"
            testId="choose-folders"
            onClick={() => {
              post({ type: 'choose-folders' });
            }}
          />
        )}
      </Line>
    </div>
  );
}
