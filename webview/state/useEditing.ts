import { useState } from 'react';
import type { Approval } from '../../src/shared/approval.ts';
import type { Store } from './store.ts';

/** What a person makes of an approval's text before they approve it. */
export interface Editing {
  readonly label: string;
  readonly text: string;
  readonly isChanged: boolean;
  /** How many lines of the card they had not seen when they began. */
  readonly unseen: number;
}

export interface EditingControl {
  readonly editing: Editing | undefined;
  readonly begin: (unseen: number) => void;
  readonly change: (text: string) => void;
  /** What was typed is gone; the card is as it was. */
  readonly cancel: () => void;
}

/** `draft`: what was typed for this action before: an edit that could not be is still there to be mended. */
export function useEditing(approval: Approval, draft: string | undefined, store: Store): EditingControl {
  const { edit, action } = approval;
  const [unseen, setUnseen] = useState<number>();
  const text = draft ?? edit?.text ?? '';
  return {
    editing:
      edit === undefined || unseen === undefined
        ? undefined
        : { label: edit.label, text, isChanged: text !== edit.text, unseen },
    begin: setUnseen,
    change: (words) => {
      store.setEdit(action, words);
    },
    cancel: () => {
      store.setEdit(action, undefined);
      setUnseen(undefined);
    },
  };
}
