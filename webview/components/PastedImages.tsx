import type { PastedImage } from '../state/pasting.ts';
import { Icon } from './Icon.tsx';

interface PastedImagesProps {
  readonly images: readonly PastedImage[];
  readonly onChange: (images: readonly PastedImage[]) => void;
}

/** Images that go with the next message; each can be left out again. */
export function PastedImages({ images, onChange }: PastedImagesProps) {
  if (images.length === 0) return null;
  return (
    <ul className="pasted" aria-label="Images that go with the message" data-testid="pasted">
      {images.map((image, index) => (
        <li key={index} className="chip">
          <Icon name="file-media" /> {image.name}
          <button
            type="button"
            className="icon-button"
            aria-label={`Leave out this image: ${image.name}`}
            title="Leave it out"
            onClick={() => {
              onChange(images.filter((_, at) => at !== index));
            }}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
