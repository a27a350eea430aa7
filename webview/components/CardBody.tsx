import type { Card } from '../../src/shared/approval.ts';
import { CommandCard } from './CommandCard.tsx';
import { DeleteCard } from './DeleteCard.tsx';
import { EditCard } from './EditCard.tsx';
import { MoveCard } from './MoveCard.tsx';
import { ReadCard } from './ReadCard.tsx';

export function CardBody({ card, onOpenDiff }: { readonly card: Card; readonly onOpenDiff: () => void }) {
  switch (card.kind) {
    case 'read':
      return <ReadCard card={card} />;
    case 'edit':
      return <EditCard card={card} onOpenDiff={onOpenDiff} />;
    case 'delete':
      return <DeleteCard card={card} />;
    case 'move':
      return <MoveCard card={card} />;
    case 'command':
      return <CommandCard card={card} />;
  }
}
