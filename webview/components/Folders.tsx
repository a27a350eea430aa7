import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { exact } from '../../src/shared/visible.ts';
import { LinkButton } from './LinkButton.tsx';
import { Line } from './Line.tsx';

interface FoldersProps {
  readonly panel: Pick<PanelState, 'folders' | 'problem'>;
  readonly post: (message: FromPanel) => void;
}

/** Which folders are left out or not yet counted, and why nothing could be opened. */
export function Folders({ panel: { folders, problem }, post }: FoldersProps) {
  return (
    <div className="folder-notes">
      {problem !== undefined && (
        <div role="alert" className="problem" data-testid="problem">
          <Line icon="error" tone="error">
            {exact(problem)} <LookAgain post={post} />
          </Line>
        </div>
      )}
      {folders?.notes.map((note) => (
        <Line key={note} icon="folder" tone={folders.leftOut ? 'warning' : 'plain'} testId="folders">
          {exact(note)}
        </Line>
      ))}
      {folders?.leftOut === true && <LookAgain post={post} />}
    </div>
  );
}

function LookAgain({ post }: Pick<FoldersProps, 'post'>) {
  return (
    <LinkButton
      words="Look again"
      testId="look-at-folders"
      onClick={() => {
        post({ type: 'look-at-folders' });
      }}
    />
  );
}
