import { MOST_IMAGE, MOST_IMAGES } from '../../src/shared/protocol.ts';
import { size } from './sentences.ts';

/** An image that a person put into a message. */
export interface PastedImage {
  readonly name: string;
  readonly base64: string;
}

export interface Pasted {
  readonly images: readonly PastedImage[];
  /** Why some of them do not go along. */
  readonly problem?: string;
}

/** Images of a clipboard or a drop, beside those that are there already. */
export async function pasted(files: readonly File[], there: readonly PastedImage[]): Promise<Pasted> {
  const images = [...there];
  for (const file of files) {
    if (images.length === MOST_IMAGES) return { images, problem: `At most ${MOST_IMAGES} images go with a message.` };
    const base64 = await base64Of(file);
    if (base64.length > MOST_IMAGE)
      return { images, problem: `This image is too large (${size(file.size)}). Save it smaller, and paste it again.` };
    images.push({ name: `${file.type.replace('image/', '').toUpperCase()}, ${size(file.size)}`, base64 });
  }
  return { images };
}

/** The images among what a clipboard or a drop holds. */
export function imagesIn(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter(({ type }) => /^image\/(png|jpeg|gif|webp)$/.test(type));
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(typeof reader.result === 'string' ? reader.result.replace(/^data:[^,]*,/, '') : '');
    };
    reader.onerror = () => {
      reject(new Error('the image could not be read'));
    };
    reader.readAsDataURL(file);
  });
}
