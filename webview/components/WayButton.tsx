import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { WAY_WORDS } from '../../src/shared/wayWords.ts';
import { Icon } from './Icon.tsx';

interface WayButtonProps {
  readonly way: PanelState['way'];
  readonly post: (message: FromPanel) => void;
}

/** In which way the run works, or the next one will. The editor's own list lets a person choose another. */
export function WayButton({ way, post }: WayButtonProps) {
  const { name, about, icon } = WAY_WORDS[way.now];
  return (
    <button
      type="button"
      className="icon-button with-words pick-way"
      data-testid="pick-way"
      data-way={way.now}
      title={`${name}. ${about} Choose another way.`}
      aria-label={`Way of working: ${name}. Choose another way.`}
      onClick={() => {
        post({ type: 'choose-way' });
      }}
    >
      <Icon name={icon} /> <span className="pick-model-name">{name}</span> <Icon name="chevron-down" />
    </button>
  );
}
