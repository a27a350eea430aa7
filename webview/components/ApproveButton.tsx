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

/**
 * Approves on a click that began and ended while the card stood still, on Space, and on Ctrl+Enter or
 * Cmd+Enter. Enter alone does nothing: it may be meant for the editor or the task box.
 */
export function ApproveButton({ label, testId, secondary, armed, armedNow, onApprove }: ApproveButtonProps) {
  const pressedWhileArmed = useRef(false);

  function onClick(event: MouseEvent): void {
    // `detail` counts pointer clicks; it is 0 for Space and for a screen reader's own activation.
    const pressed = event.detail === 0 || pressedWhileArmed.current;
    pressedWhileArmed.current = false;
    if (pressed && armedNow()) onApprove();
  }

  function onKeyDown(event: KeyboardEvent): void {
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
        pressedWhileArmed.current = armedNow();
      }}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      {label}
    </button>
  );
}
