import { useRef } from 'react';
import type { KeyboardEvent, MouseEvent } from 'react';

interface ApproveButtonProps {
  readonly label: string;
  readonly testId: string;
  readonly secondary?: boolean;
  readonly armed: boolean;
  readonly armedNow: () => boolean;
  readonly onApprove: () => void;
}

/** What is held down on the button: nothing, or something that was struck while it worked, or before. */
type Press = 'none' | 'armed' | 'early';

/**
 * Approves on a click that began and ended while the card stood still, on Space, and on Ctrl+Enter or
 * Cmd+Enter. Enter alone does nothing: it may be meant for the editor or the task box.
 */
export function ApproveButton({ label, testId, secondary, armed, armedNow, onApprove }: ApproveButtonProps) {
  const press = useRef<Press>('none');

  function onClick(event: MouseEvent): void {
    // `detail` counts pointer clicks; it is 0 for Space and for a screen reader's own activation, which has no press.
    const pressed = press.current === 'armed' || (event.detail === 0 && press.current === 'none');
    press.current = 'none';
    if (pressed && armedNow()) onApprove();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // A Space that is held down repeats: only its first stroke is one, and it must have come here, and armed.
    if (event.key === ' ' && (press.current === 'none' || event.repeat))
      press.current = !event.repeat && armedNow() ? 'armed' : press.current === 'armed' ? 'armed' : 'early';
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if ((event.ctrlKey || event.metaKey) && !event.repeat && armedNow()) onApprove();
  }

  return (
    <button
      type="button"
      className={secondary === true ? 'button secondary' : 'button'}
      data-testid={testId}
      disabled={!armed}
      title="Space or Ctrl+Enter"
      onPointerDown={() => {
        press.current = armedNow() ? 'armed' : 'early';
      }}
      onBlur={() => {
        press.current = 'none';
      }}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      {label}
    </button>
  );
}
