import { useEffect, useId, useRef, useState } from 'react';
import type { FromPanel } from '../../../src/shared/protocol.ts';
import type { PanelState } from '../../../src/shared/runView.ts';
import { exact } from '../../../src/shared/visible.ts';
import { chipsOf, type Chip, type ChipId } from '../../state/chips.ts';
import { Icon } from '../Icon.tsx';
import { ChipDetails } from './ChipDetails.tsx';

interface ChipsProps {
  readonly panel: PanelState;
  readonly post: (message: FromPanel) => void;
}

/**
 * How things stand, in one line: who is asked, where words go, what contains commands, what the policy says. Each chip
 * has its sentence and unfolds its details over the page; what is in trouble stands below the line by itself.
 */
export function Chips({ panel, post }: ChipsProps) {
  const [open, setOpen] = useState<ChipId>();
  const id = useId();
  const box = useRef<HTMLElement>(null);
  const chips = chipsOf(panel);
  const shown = chips.find((chip) => chip.id === open && chip.tone !== 'error');

  useEffect(() => {
    if (open === undefined) return;
    const close = (event: Event): void => {
      if (event instanceof KeyboardEvent && event.key !== 'Escape') return;
      if (event.type === 'pointerdown' && box.current?.contains(event.target as Node)) return;
      setOpen(undefined);
      if (event instanceof KeyboardEvent) box.current?.querySelector<HTMLElement>(`[data-chip="${open}"]`)?.focus();
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('keydown', close);
    };
  }, [open]);

  return (
    <header className="header" ref={box}>
      <div className="chips" role="toolbar" aria-label="How things stand">
        {chips.map((chip) => (
          <ChipButton
            key={chip.id}
            chip={chip}
            controls={id}
            isOpen={shown?.id === chip.id}
            onToggle={() => {
              setOpen(open === chip.id ? undefined : chip.id);
            }}
            flags={chip.id === 'flags' ? panel.run?.flags : undefined}
          />
        ))}
      </div>
      {shown !== undefined && (
        <div className="popover" id={id} role="group" aria-label={exact(shown.sentence)}>
          <ChipDetails chip={shown} panel={panel} post={post} />
        </div>
      )}
      {chips
        .filter(({ tone }) => tone === 'error')
        .map((chip) => (
          <div key={chip.id} className="trouble" role="alert" data-testid={`trouble-${chip.id}`}>
            <ChipDetails chip={chip} panel={panel} post={post} />
          </div>
        ))}
    </header>
  );
}

interface ChipButtonProps {
  readonly chip: Chip;
  readonly controls: string;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly flags: NonNullable<PanelState['run']>['flags'] | undefined;
}

function ChipButton({ chip, controls, isOpen, onToggle, flags }: ChipButtonProps) {
  const { id, icon, label, more, tone, sentence } = chip;
  // Who speaks to the editor says what they see: that is in the name, too.
  const seen = [label, more].filter((one) => one !== undefined && !sentence.includes(one)).join(' ');
  const heard = seen === '' ? sentence : `${seen}: ${sentence}`;
  return (
    <button
      type="button"
      className={`chip chip-${id} tone-${tone}`}
      data-testid={id}
      data-chip={id}
      data-tone={tone}
      {...(flags && {
        'data-untrusted': String(flags.untrusted),
        'data-private': String(flags.private),
        'data-outward': String(flags.outward),
      })}
      title={exact(sentence)}
      aria-label={exact(heard)}
      aria-expanded={tone === 'error' || isOpen}
      aria-controls={isOpen ? controls : undefined}
      onClick={onToggle}
    >
      {icon !== undefined && <Icon name={icon} />}
      {label !== undefined && <span className="chip-label">{exact(label)}</span>}
      {more !== undefined && <span className="chip-more">{exact(more)}</span>}
    </button>
  );
}
