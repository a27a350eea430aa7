import { useState, type ReactNode, type RefObject } from 'react';
import { Icon } from '../Icon.tsx';

export type Menu = 'approve' | 'deny';

interface AnswerBarProps {
  /** Where the buttons stand: they are armed only while this stands still, in sight. */
  readonly box: RefObject<HTMLDivElement | null>;
  readonly menu: Menu | undefined;
  readonly onMenu: (menu: Menu | undefined) => void;
  readonly approve: ReactNode;
  readonly approveMenu: ReactNode;
  readonly deny: ReactNode;
  readonly denyMenu: ReactNode;
  /** Why Approve does not work yet. */
  readonly note: ReactNode;
}

/** The answers to an approval, in one row at the card's lower edge. The menus unfold above it and move nothing. */
export function AnswerBar({ box, menu, onMenu, approve, approveMenu, deny, denyMenu, note }: AnswerBarProps) {
  const more = (which: Menu, words: string) => (
    <button
      type="button"
      className={which === 'approve' ? 'button drop' : 'button secondary drop'}
      data-testid={`${which}-menu`}
      aria-label={words}
      title={words}
      aria-expanded={menu === which}
      onClick={() => {
        onMenu(menu === which ? undefined : which);
      }}
    >
      <Icon name="chevron-down" />
    </button>
  );
  return (
    <div
      className="answer-area"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || menu === undefined) return;
        event.stopPropagation();
        onMenu(undefined);
        box.current?.querySelector<HTMLElement>(`[data-testid="${menu}-menu"]`)?.focus();
      }}
    >
      {menu !== undefined && (
        <div
          className="answer-menu"
          role="group"
          aria-label={menu === 'approve' ? 'More ways to approve' : 'Deny because'}
        >
          {menu === 'approve' ? approveMenu : denyMenu}
        </div>
      )}
      <div className="answer-bar" ref={box}>
        <span className="split">
          {approve}
          {approveMenu !== null && more('approve', 'More ways to approve…')}
        </span>
        <span className="split">
          {deny}
          {more('deny', 'Deny with a reason…')}
        </span>
        <span className="bar-note small quiet" role="status">
          {note}
        </span>
      </div>
    </div>
  );
}

/** Which menu is open. */
export function useMenu(): [Menu | undefined, (menu: Menu | undefined) => void] {
  return useState<Menu>();
}
