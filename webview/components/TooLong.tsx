import { Line } from './Line.tsx';

interface TooLongProps {
  /** Why what was typed cannot be sent, and what to do; nothing is cut. */
  readonly words: string | undefined;
}

/** Says below a field that it holds more than can be sent. */
export function TooLong({ words }: TooLongProps) {
  if (words === undefined) return null;
  return (
    <div role="alert" data-testid="too-long">
      <Line icon="warning" tone="warning">
        {words}
      </Line>
    </div>
  );
}
