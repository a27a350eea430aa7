import { Icon } from '../Icon.tsx';
import { Line } from '../Line.tsx';
import { LinkButton } from '../LinkButton.tsx';
import { exact, visibleLine } from '../../../src/shared/visible.ts';
import { isProvider, PROVIDERS } from '../../../src/shared/providers.ts';
import type { PanelState } from '../../../src/shared/runView.ts';
import { WAY_WORDS } from '../../../src/shared/wayWords.ts';
import { nameOf } from '../../state/names.ts';
import type { Store } from '../../state/store.ts';

interface WelcomeProps {
  readonly panel: PanelState;
  readonly store: Store;
}

const TASKS = [
  { icon: 'beaker', words: 'Find the failing test and fix it' },
  { icon: 'book', words: 'Explain how this project is built up' },
  { icon: 'shield', words: 'Try to read my SSH key', more: 'watch it being denied' },
] as const;

const COMMANDS: Record<PanelState['sandbox']['state'], string> = {
  unknown: 'Commands run in a sandbox, and reach no host that is not allowed.',
  works: 'Commands run in a sandbox, and reach no host that is not allowed.',
  outside: 'Commands run outside the sandbox, and each of them asks.',
  refused: 'Commands are refused until a sandbox works.',
};

/** An empty panel: what would happen here, something to click, and what to mend where nothing can begin. */
export function Welcome({ panel, store }: WelcomeProps) {
  const { folder, trusted, model, sandbox, way, workplace } = panel;
  if (!trusted)
    return (
      <Start
        words="Runs start only in a trusted workspace."
        action={{ icon: 'workspace-trusted', words: 'Manage workspace trust', type: 'manage-trust' }}
        store={store}
      />
    );
  if (folder === undefined)
    return (
      <>
        <Start
          words={
            panel.folders?.leftOut === true ? 'No folder of this window can be worked in.' : 'Open a folder to begin.'
          }
          action={{ icon: 'folder-opened', words: 'Open folder…', type: 'open-folder' }}
          store={store}
        />
        <Start action={{ icon: 'beaker', words: 'Open the sample workspace', type: 'open-sample' }} store={store} />
      </>
    );
  // Of no server and no extension: its words are scripted.
  const facts = isProvider(model.provider) ? PROVIDERS[model.provider] : undefined;
  return (
    <div className="welcome">
      <h2>
        What should be done in{' '}
        {(workplace?.folders.length ?? 1) > 1 ? 'these folders' : <code>{visibleLine(nameOf(folder))}</code>}?
      </h2>
      <p className="quiet">
        {COMMANDS[sandbox.state]} {WAY_WORDS[way.now].about} Everything is recorded.
      </p>
      {TASKS.map((task) => (
        <button
          key={task.words}
          type="button"
          className="try"
          data-testid="try"
          onClick={() => {
            store.setDraft(task.words);
            store.focusTask();
          }}
        >
          <Icon name={task.icon} />
          <span>
            {task.words}
            {'more' in task && <span className="quiet"> — {task.more}</span>}
          </span>
        </button>
      ))}
      {facts?.server === null && facts.isOfEditor !== true && (
        <Line icon="info" testId="demo-note">
          <span className="quiet">
            The demo answers with scripted words; files, sandbox, questions and record are real. Nothing leaves this
            machine.
          </span>{' '}
          <LinkButton
            words="Choose a model"
            onClick={() => {
              store.post({ type: 'choose-model' });
            }}
          />
        </Line>
      )}
    </div>
  );
}

interface StartProps {
  readonly words?: string;
  readonly action: {
    readonly icon: string;
    readonly words: string;
    readonly type: 'manage-trust' | 'open-folder' | 'open-sample';
  };
  readonly store: Store;
}

function Start({ words, action, store }: StartProps) {
  return (
    <div className="welcome">
      {words !== undefined && <h2>{exact(words)}</h2>}
      <button
        type="button"
        className="try"
        data-testid={action.type}
        onClick={() => {
          store.post({ type: action.type });
        }}
      >
        <Icon name={action.icon} />
        <span>{action.words}</span>
      </button>
    </div>
  );
}
